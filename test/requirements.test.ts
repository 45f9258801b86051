// docs/requirements.md names a test for each thing that was asked: every one of them exists, and every page is served.
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { testApp } from './app.ts'

const app = testApp()

/** The rows of all tables: what was asked, the pages, the tests. */
function rows(): { asked: string; pages: string; tests: string }[] {
  return readFileSync('docs/requirements.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| asked'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, asked = '', pages = '', tests = '']) => ({ asked, pages, tests }))
}

/** `src/web/x.test.ts` “title”, several titles may follow one file. */
function namedTests(cell: string): { file: string; titles: string[] }[] {
  return [...cell.matchAll(/`([^`]+\.test\.ts)`([^`]*)/g)].map(([, file, rest]) => ({
    file: file!,
    titles: [...rest!.matchAll(/“([^”]+)”/g)].map(([, title]) => title!),
  }))
}

test('every requirement names a page or a command, and a test that exists', () => {
  const all = rows()
  expect(all.length).toBeGreaterThan(60)
  const missing: string[] = []
  for (const { asked, pages, tests } of all) {
    if (!pages) missing.push(`${asked}: no page`)
    const named = namedTests(tests)
    if (named.length === 0) missing.push(`${asked}: no test`)
    for (const { file, titles } of named) {
      const source = existsSync(file) ? readFileSync(file, 'utf8') : undefined
      if (source === undefined) missing.push(`${asked}: ${file} is not there`)
      if (titles.length === 0) missing.push(`${asked}: no title in ${file}`)
      for (const title of titles) if (source && !source.includes(title)) missing.push(`${asked}: no “${title}” in ${file}`)
    }
  }
  expect(missing).toEqual([])
})

test('every page that it names is served', () => {
  const pages = rows().flatMap(({ pages }) => [...pages.matchAll(/`(\/[^`]*)`/g)].map(([, path]) => path!))
  expect(pages.length).toBeGreaterThan(40)
  const unserved = pages.filter((path) => !app.server.hasRoute({ method: 'GET', url: path }))
  expect(unserved).toEqual([])
})
