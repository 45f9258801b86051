// What search engines read of an event's page: schema.org's Event with its offers. A block of data, which no browser runs.
import { currencyExponent, type Money } from '#src/kernel/money.ts'
import type { Event } from '#src/modules/events/event.ts'
import type { Organizer } from '#src/modules/identity/organizer.ts'
import { ticketTypeState, type TicketType, type TicketTypeState } from '#src/modules/ticketing/ticket-type.ts'
import { coverAddress } from '../ui/cover.tsx'

type Subject = {
  event: Event
  offers: readonly TicketType[]
  organizer: Pick<Organizer, 'name' | 'slug'>
  description: string
  now: Date
  origin: string
}

const AVAILABILITY: Record<TicketTypeState, string> = {
  on_sale: 'InStock',
  not_started: 'PreSale',
  sold_out: 'SoldOut',
  ended: 'Discontinued',
}

/** @param description one sentence, as in the page's own description */
export function StructuredData(subject: Subject) {
  const { event, organizer, origin } = subject
  if (event.visibility !== 'public') return null
  const url = `${origin}/events/${event.slug}`
  const data = {
    '@context': 'https://schema.org',
    '@type': 'Event',
    name: event.title,
    description: subject.description,
    startDate: event.startsAt.toISOString(),
    endDate: event.endsAt.toISOString(),
    ...(event.doorsOpenAt ? { doorTime: event.doorsOpenAt.toISOString() } : {}),
    eventStatus: schema(event.status === 'cancelled' ? 'EventCancelled' : 'EventScheduled'),
    eventAttendanceMode: schema('OfflineEventAttendanceMode'),
    url,
    location: {
      '@type': 'Place',
      name: event.venue || event.city,
      address: { '@type': 'PostalAddress', streetAddress: event.address, addressLocality: event.city, addressCountry: event.country },
      ...(event.latitude !== null && event.longitude !== null
        ? { geo: { '@type': 'GeoCoordinates', latitude: event.latitude, longitude: event.longitude } }
        : {}),
    },
    organizer: { '@type': 'Organization', name: organizer.name, url: `${origin}/organizers/${organizer.slug}` },
    ...(event.cover ? { image: [origin + coverAddress(event.cover)] } : {}),
    // Who sells elsewhere has offers of their own there.
    ...(event.paymentUrl || event.status === 'cancelled' ? {} : { offers: subject.offers.map((offer) => offerOf(offer, subject, url)) }),
  }
  // `<` written as an escape: no title can end the element.
  return <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: JSON.stringify(data).replaceAll('<', '\\u003c') }} />
}

function offerOf(offer: TicketType, { event, now }: Subject, url: string) {
  return {
    '@type': 'Offer',
    name: offer.name,
    price: amountOf(offer.price),
    priceCurrency: offer.price.currency,
    availability: schema(event.status === 'published' ? AVAILABILITY[ticketTypeState(offer, event, now)] : 'Discontinued'),
    ...(offer.saleStartsAt ? { validFrom: offer.saleStartsAt.toISOString() } : {}),
    ...(offer.saleEndsAt ? { validThrough: offer.saleEndsAt.toISOString() } : {}),
    url,
  }
}

/** In the currency's own unit, with a point: `5000`, `12.50`. */
function amountOf({ amount, currency }: Money): string {
  const decimals = currencyExponent(currency)
  return (amount / 10 ** decimals).toFixed(decimals)
}

function schema(name: string): string {
  return `https://schema.org/${name}`
}
