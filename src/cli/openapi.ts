// guichet openapi: writes the API's description, as committed in openapi/.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from './command.ts'

const TARGET = fileURLToPath(new URL('../../openapi/native.yaml', import.meta.url))

export const openapiCommands: readonly Command[] = [
  {
    name: 'openapi',
    usage: '[file]',
    takes: [0, 1],
    does: 'writes the API’s description (openapi/native.yaml)',
    async run(context, [file]) {
      const target = file ? resolve(file) : TARGET
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, await context.describeApi())
      context.say(`wrote ${target}`)
      return 0
    },
  },
]
