// A quota: how many places there are, for one ticket type or shared by several.

export type Quota = { id: number; name: string; kind: 'own' | 'shared' | 'capacity'; size: number; held: number; sold: number }

export const MAX_PLACES = 10_000_000
