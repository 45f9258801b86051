// Somebody's photo, or their initial where there is none.
import { photoAddress } from '#src/modules/identity/photo.ts'

/** Says nothing to screen readers: the name stands beside it. */
export function Portrait({ photo, name }: { photo: string | null; name: string }) {
  return photo ? (
    <img class="portrait" src={photoAddress(photo)} width="96" height="96" alt="" />
  ) : (
    <span class="portrait" aria-hidden="true">
      {[...name.trim()][0]?.toLocaleUpperCase() ?? ''}
    </span>
  )
}
