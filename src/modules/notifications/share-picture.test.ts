import sharp from 'sharp'
import { expect, it } from 'vitest'
import { sharePicture } from './share-picture.ts'

const event = {
  title: 'Nuit du Vodoun',
  startsAt: new Date('2026-11-21T19:00:00Z'),
  endsAt: new Date('2026-11-22T02:00:00Z'),
  timezone: 'Africa/Porto-Novo',
  venue: 'Place Chacha',
  city: 'Ouidah',
  cover: null,
}
const files = { get: async () => null } as never

/** Whether anything dark was drawn in a part of the picture. */
async function hasInk(picture: Buffer, left: number, top: number, width: number, height: number): Promise<boolean> {
  const { channels } = await sharp(await sharp(picture).extract({ left, top, width, height }).png().toBuffer()).stats()
  return channels[0]!.min < 100
}

it('draws a JPEG of the size that others expect, light enough for any of them', async () => {
  const picture = await sharePicture({ files }, event, 'fr')
  expect(await sharp(picture).metadata()).toMatchObject({ format: 'jpeg', width: 1200, height: 630 })
  expect(picture.length).toBeLessThan(300_000)
  expect(await hasInk(picture, 96, 150, 600, 120)).toBe(true)
})

it.each(['Un titre qui n’en finit pas '.repeat(10).trim(), 'Anticonstitutionnellement'.repeat(8), '🎉 Fête', '', 'مهرجان'])(
  'keeps any title on its side of the fold: %s',
  async (title) => {
    const picture = await sharePicture({ files }, { ...event, title }, 'fr')
    // Between the words and the fold nothing is drawn.
    expect(await hasInk(picture, 735, 120, 30, 380)).toBe(false)
  },
)
