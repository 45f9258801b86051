// What takes place in the demo world: sixteen events of every kind and state, told as their organizers would.
import type { EventDetails } from '#src/modules/events/event.ts'
import type { RefundPolicy } from '#src/modules/events/refund-policy.ts'
import type { Cloth, PaletteName } from './cover.ts'
import type { OrganizerKey } from './people.ts'

export type DemoTicketType = {
  name: string
  price: number
  description?: string
  /** Places of its own, or the name of a quota that several types share. */
  quantity?: number
  shares?: string
  maxPerOrder?: number
  usageLimit?: number
  hidden?: boolean
  /** Days from today on which its sale starts or ends. */
  saleStartsIn?: number
  saleEndsIn?: number
}

export type DemoSession = {
  title: string
  speaker?: string
  place?: string
  /** Minutes after the event's start. */ after: number
  minutes: number
  description?: string
}

export type DemoEvent = Pick<EventDetails, 'title' | 'description' | 'category' | 'venue' | 'address' | 'city'> &
  Partial<Pick<EventDetails, 'visibility' | 'dressCode' | 'reentry' | 'askHolderNames' | 'qrFormat' | 'paymentUrl' | 'capacity'>> & {
    organizer: OrganizerKey
    at: readonly [latitude: number, longitude: number]
    /** Days from today; or `running`: it began so many minutes ago. */
    when: { day: number; from: string; hours: number } | { running: number; hours: number }
    /** Minutes before the start. */
    doors?: number
    becomes: 'published' | 'draft' | 'pending_review' | 'cancelled'
    cover: readonly [Cloth, PaletteName, turn: number]
    quotas?: readonly { name: string; size: number }[]
    types: readonly DemoTicketType[]
    gates?: readonly { name: string; directions?: 'in' | 'out' | 'both'; agents?: readonly string[] }[]
    sessions?: readonly DemoSession[]
    guests?: readonly { email: string; name: string }[]
    /** How many people buy, over how many days, which part of them has come in; `full`: until nothing is left. */
    sales?: { orders: number; days: number; arrived?: number; full?: boolean }
    views?: number
    refunds?: RefundPolicy
    feesPassedOn?: boolean
    /** What readers of English see; `names` by the ticket types' own. */
    english?: { title: string; description: string; names: Readonly<Record<string, string>> }
  }

export const EVENTS: readonly DemoEvent[] = [
  {
    organizer: 'cotonou',
    title: 'Foire des saveurs de Cotonou',
    category: 'exhibition',
    city: 'Cotonou',
    venue: 'Esplanade du Front de mer',
    address: 'Boulevard de la Marina',
    at: [6.3536, 2.4183],
    when: { running: 150, hours: 9 },
    doors: 30,
    becomes: 'published',
    reentry: true,
    capacity: 900,
    cover: ['shells', 'laterite', 0],
    views: 2140,
    description: `Cent vingt producteurs, transformatrices et cuisiniers du Bénin réunis en bord de mer.

On y goûte l’**amiwo** au feu de bois, le fromage peul grillé, les jus de baobab et de bissap, le chocolat d’Allada et le gari de Savalou. Les enfants ont leur coin, les curieux leurs ateliers, et la scène reste ouverte jusqu’à la tombée de la nuit.

- Dégustations comprises dans le billet
- Paiement Mobile Money à tous les stands
- Sorties et retours autorisés toute la journée`,
    types: [
      { name: 'Entrée journée', price: 1000, quantity: 700, description: 'Un verre de jus offert à l’accueil.' },
      { name: 'Pass gourmand', price: 6500, quantity: 120, description: 'Six dégustations et un tablier de la foire.' },
      { name: 'Enfant (moins de 12 ans)', price: 0, quantity: 200 },
    ],
    gates: [
      { name: 'Porte Marina', agents: ['agent@demo.test'] },
      { name: 'Porte Plage', agents: ['agent2@demo.test'] },
      { name: 'Sortie', directions: 'out', agents: ['agent2@demo.test'] },
    ],
    sessions: [
      { title: 'Le feu et la pâte : amiwo pour cinquante', speaker: 'Maman Tatiana', place: 'Cuisine ouverte', after: 60, minutes: 60 },
      { title: 'Torréfier son cacao à la maison', speaker: 'Coopérative d’Allada', place: 'Tente des ateliers', after: 180, minutes: 45 },
      { title: 'Orchestre des anciens de Tokpa', place: 'Grande scène', after: 360, minutes: 120 },
    ],
    sales: { orders: 44, days: 14, arrived: 0.55 },
  },
  {
    organizer: 'cotonou',
    title: 'Nuit afrobeat à Fidjrossè',
    category: 'concert',
    city: 'Cotonou',
    venue: 'La Paillote du Large',
    address: 'Route des pêches, Fidjrossè',
    at: [6.3517, 2.3561],
    when: { day: 9, from: '20:00', hours: 6 },
    doors: 60,
    becomes: 'published',
    capacity: 450,
    dressCode: 'Blanc et indigo',
    refunds: { days: 3, atOnce: true, note: 'Passé ce délai, votre billet reste cessible : le nom peut changer jusqu’au dernier jour.' },
    english: {
      title: 'Afrobeat night at Fidjrossè',
      description: `Two stages, your feet in the sand, and fourteen musicians for a night that starts on time.

First the **sato** drums of Porto-Novo; then the resident orchestra and its brass, until sunrise. Bar and grill open with the doors.

*Guarded car park opposite the Paillote. Last entry at midnight.*`,
      names: { Prévente: 'Early bird', 'Sur place': 'At the door', 'Carré VIP': 'VIP corner', 'Invités de la scène': 'Guests of the stage' },
    },
    cover: ['suns', 'night', 15],
    views: 3872,
    description: `Deux scènes, les pieds dans le sable, et quatorze musiciens pour une nuit qui commence à l’heure.

En première partie, les percussions **sato** de Porto-Novo ; puis l’orchestre résident et ses cuivres, jusqu’au lever du jour. La buvette et les grillades sont ouvertes dès l’ouverture des portes.

*Parking gardé en face de la Paillote. Dernière entrée à minuit.*`,
    quotas: [{ name: 'Sable', size: 350 }],
    types: [
      { name: 'Prévente', price: 5000, shares: 'Sable', saleEndsIn: 5, description: 'Tarif réduit jusqu’à quatre jours avant la soirée.' },
      { name: 'Sur place', price: 7000, shares: 'Sable', saleStartsIn: 5 },
      { name: 'Carré VIP', price: 20_000, quantity: 60, maxPerOrder: 6, description: 'Table, service et vue sur la scène.' },
      { name: 'Invités de la scène', price: 0, quantity: 30, hidden: true },
    ],
    gates: [
      { name: 'Entrée principale', agents: ['agent@demo.test'] },
      { name: 'Entrée VIP', agents: ['agent2@demo.test'] },
    ],
    sales: { orders: 36, days: 20 },
  },
  {
    organizer: 'cotonou',
    title: 'Rires sans escale',
    category: 'theatre',
    city: 'Cotonou',
    venue: 'Petit Théâtre de la Haie Vive',
    address: 'Rue 12.114, Haie Vive',
    at: [6.3587, 2.4027],
    when: { day: 4, from: '19:30', hours: 2 },
    doors: 45,
    becomes: 'published',
    cover: ['drums', 'indigo', -20],
    views: 1610,
    description: `Cinq humoristes, un micro, aucune pitié pour les embouteillages de Godomey.

La salle est petite, les places sont comptées : une fois le quota atteint, il n’y a plus que la liste des amis des amis.`,
    types: [{ name: 'Fauteuil', price: 3000, quantity: 44, maxPerOrder: 4 }],
    gates: [{ name: 'Guichet du théâtre', agents: ['agent@demo.test'] }],
    sales: { orders: 24, days: 10, full: true },
  },
  {
    organizer: 'cotonou',
    title: 'Premier pas vers le code',
    category: 'workshop',
    city: 'Cotonou',
    venue: 'Espace Zongo Numérique',
    address: 'Carrefour Saint-Michel',
    at: [6.3703, 2.4279],
    when: { day: 6, from: '09:00', hours: 7 },
    becomes: 'published',
    askHolderNames: true,
    cover: ['lozenges', 'indigo', 0],
    views: 645,
    description: `Une journée gratuite pour écrire sa première page web, avec un mentor pour quatre participants.

Aucune connaissance requise. Un ordinateur par personne est prêté sur place ; venez avec une idée et un carnet. Le déjeuner est offert.

Le nom de chaque participant est demandé à l’inscription : il figure sur l’attestation.`,
    types: [{ name: 'Inscription', price: 0, quantity: 80, maxPerOrder: 3 }],
    gates: [{ name: 'Accueil', agents: ['agent@demo.test'] }],
    sessions: [
      { title: 'Comment une page arrive sur un téléphone', speaker: 'Mahoutin Kiki', after: 15, minutes: 75 },
      { title: 'Déjeuner', place: 'Terrasse', after: 210, minutes: 60 },
      { title: 'Publier ce que l’on a écrit', speaker: 'Carmen Sossou', after: 270, minutes: 120 },
    ],
    sales: { orders: 26, days: 9 },
  },
  {
    organizer: 'cotonou',
    title: 'Masques et royaumes',
    category: 'festival',
    city: 'Porto-Novo',
    venue: 'Place Jean-Bayol',
    address: 'Quartier Bayol',
    at: [6.4779, 2.6196],
    when: { day: -12, from: '16:00', hours: 7 },
    doors: 60,
    becomes: 'published',
    reentry: true,
    cover: ['steps', 'laterite', 30],
    views: 5230,
    description: `La sortie des **zangbéto** et des **guèlèdè**, racontée par ceux qui la font vivre.

Défilé depuis le musée Honmè, danses sur la place, conte à la lueur des lampes tempête. Une part de chaque billet revient aux couvents qui participent.`,
    types: [
      { name: 'Gradins', price: 2000, quantity: 300 },
      { name: 'Tribune ombragée', price: 8000, quantity: 120 },
    ],
    gates: [
      { name: 'Porte du Musée', agents: ['agent@demo.test'] },
      { name: 'Porte du Marché', agents: ['agent2@demo.test'] },
    ],
    sales: { orders: 46, days: 25, arrived: 0.9 },
  },
  {
    organizer: 'cotonou',
    title: 'Dîner des bâtisseurs',
    category: 'networking',
    city: 'Porto-Novo',
    venue: 'Jardins de la Lagune',
    address: 'Boulevard lagunaire',
    at: [6.4723, 2.6335],
    when: { day: 15, from: '19:00', hours: 4 },
    becomes: 'published',
    visibility: 'private',
    dressCode: 'Tenue de ville ou bohoumba',
    cover: ['kente', 'ochre', 45],
    views: 58,
    description: `Le dîner annuel des partenaires d’Atlantique Événements. Sur invitation personnelle : le lien reçu par e-mail ouvre cette page et réserve votre couvert.`,
    types: [
      { name: 'Couvert', price: 0, quantity: 40, maxPerOrder: 2 },
      { name: 'Table de soutien', price: 150_000, quantity: 5, maxPerOrder: 1 },
    ],
    guests: [
      { email: 'participant@demo.test', name: 'Sènami Gbaguidi' },
      { email: 'invitee@example.test', name: 'Colette Ahanhanzo' },
    ],
    sales: { orders: 8, days: 6 },
  },
  {
    organizer: 'cotonou',
    title: 'Foulées de la lagune',
    category: 'sport',
    city: 'Cotonou',
    venue: 'Départ : Ancien Pont',
    address: 'Berge Ouest',
    at: [6.3604, 2.4386],
    when: { day: 40, from: '06:30', hours: 5 },
    becomes: 'draft',
    cover: ['waves', 'palm', 0],
    description: `5 et 10 kilomètres entre l’Ancien Pont et Placodji, à la fraîche. *Brouillon : parcours en cours d’homologation.*`,
    types: [
      { name: 'Dossard 5 km', price: 2500, quantity: 400 },
      { name: 'Dossard 10 km', price: 4000, quantity: 300 },
    ],
  },
  {
    organizer: 'lome',
    title: 'Jazz sous les cocotiers',
    feesPassedOn: true,
    category: 'concert',
    city: 'Lomé',
    venue: 'Plage de Coco Beach',
    address: 'Route d’Aného, Avépozo',
    at: [6.1669, 1.3321],
    when: { day: 20, from: '18:30', hours: 5 },
    doors: 60,
    becomes: 'published',
    capacity: 600,
    cover: ['waves', 'indigo', 20],
    views: 1985,
    description: `Le trio de Lomé invite une voix d’Accra et un balafon de Bobo-Dioulasso.

On s’assoit sur des nattes, on mange du poisson braisé, et la mer fait la basse. En cas de pluie, le concert se tient sous la grande paillote.`,
    types: [
      { name: 'Natte', price: 4000, quantity: 400 },
      { name: 'Chaise longue', price: 9000, quantity: 90 },
      { name: 'Dernière minute', price: 6000, quantity: 100, saleStartsIn: 18 },
    ],
    gates: [{ name: 'Entrée plage', agents: ['agent.lome@demo.test'] }],
    sales: { orders: 28, days: 12 },
  },
  {
    organizer: 'lome',
    title: 'Teindre l’indigo',
    category: 'workshop',
    city: 'Lomé',
    venue: 'Atelier Adjogbo',
    address: 'Rue des Tisserands, Nyékonakpoè',
    at: [6.1347, 1.2086],
    when: { day: 2, from: '14:00', hours: 4 },
    becomes: 'published',
    visibility: 'unlisted',
    cover: ['bogolan', 'clay', 0],
    views: 133,
    description: `Douze places autour des cuves : plier, nouer, plonger, attendre, dénouer. Chacun repart avec son pagne.

*Cet atelier n’est pas annoncé : on y vient par le lien.*`,
    types: [{ name: 'Place d’atelier', price: 12_000, quantity: 12, maxPerOrder: 2 }],
    sales: { orders: 5, days: 5 },
  },
  {
    organizer: 'lome',
    title: 'Payer, être payé : le commerce au temps du Mobile Money',
    category: 'conference',
    city: 'Lomé',
    venue: 'Salle Gbadago',
    address: 'Boulevard Circulaire',
    at: [6.1375, 1.2255],
    when: { day: -30, from: '08:30', hours: 8 },
    becomes: 'published',
    askHolderNames: true,
    cover: ['lozenges', 'palm', 45],
    views: 940,
    description: `Une journée entre commerçantes du Grand Marché, opérateurs et développeurs : ce qui marche, ce qui coûte, ce qui manque.`,
    types: [
      { name: 'Professionnel', price: 15_000, quantity: 150 },
      { name: 'Étudiant', price: 0, quantity: 80 },
    ],
    gates: [{ name: 'Hall', agents: ['agent.lome@demo.test'] }],
    sessions: [
      { title: 'Le marché d’abord', speaker: 'Dédé Attiogbé', after: 30, minutes: 60 },
      { title: 'Réconcilier mille paiements le soir même', speaker: 'Yawo Sedzro', after: 120, minutes: 60 },
    ],
    sales: { orders: 26, days: 28, arrived: 0.85 },
  },
  {
    organizer: 'lome',
    title: 'Coupe de beach-soccer de Baguida',
    category: 'sport',
    city: 'Lomé',
    venue: 'Plage de Baguida',
    address: 'Baguida',
    at: [6.1622, 1.3174],
    when: { day: 11, from: '10:00', hours: 8 },
    becomes: 'cancelled',
    cover: ['suns', 'palm', 0],
    views: 402,
    description: `Seize équipes, trente et un matchs, une coupe. **Annulée : la houle a emporté les tribunes.** Tous les billets sont remboursés.`,
    types: [{ name: 'Tribune', price: 1500, quantity: 200 }],
    sales: { orders: 12, days: 8 },
  },
  {
    organizer: 'abidjan',
    title: 'Zouglou, la grande veillée',
    category: 'party',
    city: 'Abidjan',
    venue: 'Espace Ficgayo',
    address: 'Yopougon, rue Princesse',
    at: [5.3364, -4.0876],
    when: { day: 13, from: '21:00', hours: 7 },
    doors: 60,
    becomes: 'published',
    capacity: 1500,
    cover: ['drums', 'laterite', 15],
    views: 4410,
    description: `Trente ans de zouglou en une nuit : les pères, les fils, et le chœur de Yopougon.

On vient entre amis, on repart sans voix. *Garba offert aux cent premiers.*`,
    types: [
      { name: 'Grand public', price: 3000, quantity: 1200 },
      { name: 'Table de huit', price: 80_000, quantity: 20, maxPerOrder: 1, description: 'Un seul billet ouvre pour huit personnes.', usageLimit: 8 },
    ],
    gates: [{ name: 'Entrée Princesse', agents: ['agent.abidjan@demo.test'] }],
    sales: { orders: 28, days: 15 },
  },
  {
    organizer: 'abidjan',
    title: 'Elles entreprennent',
    category: 'conference',
    city: 'Abidjan',
    venue: 'Palais des Rencontres',
    address: 'Plateau, avenue Delafosse',
    at: [5.3213, -4.0186],
    when: { day: 27, from: '09:00', hours: 9 },
    becomes: 'published',
    cover: ['kente', 'clay', 0],
    views: 1207,
    description: `Le salon des femmes qui créent leur entreprise : financement, comptabilité simple, premiers clients, marchés publics.

Quarante exposantes, douze ateliers, et un guichet où poser toutes les questions que l’on n’ose pas poser ailleurs.`,
    types: [
      { name: 'Visiteuse', price: 0, quantity: 500 },
      { name: 'Atelier et déjeuner', price: 10_000, quantity: 120 },
    ],
    gates: [{ name: 'Accueil Plateau', agents: ['agent.abidjan@demo.test'] }],
    sessions: [
      { title: 'Votre premier bilan, sans peur', speaker: 'Mireille Aka', place: 'Salle Comoé', after: 60, minutes: 90 },
      { title: 'Répondre à un appel d’offres', speaker: 'Salimata Diarra', place: 'Salle Bandama', after: 180, minutes: 90 },
    ],
    sales: { orders: 22, days: 10 },
  },
  {
    organizer: 'abidjan',
    title: 'Mémoires de bogolan',
    category: 'exhibition',
    city: 'Abidjan',
    venue: 'Galerie Ébrié',
    address: 'Cocody, rue des Jardins',
    at: [5.3599, -3.9936],
    when: { running: 4 * 24 * 60, hours: 21 * 24 },
    becomes: 'published',
    reentry: true,
    qrFormat: 'TH1',
    cover: ['bogolan', 'night', 90],
    views: 890,
    description: `Soixante étoffes teintes à la terre, prêtées par des familles du Nord. Le billet est valable jusqu’à la fin de l’exposition.`,
    types: [
      { name: 'Visite', price: 2000, quantity: 800, usageLimit: 3 },
      { name: 'Scolaires', price: 0, quantity: 300, maxPerOrder: 60 },
    ],
    gates: [{ name: 'Galerie', agents: ['agent.abidjan@demo.test'] }],
    sales: { orders: 24, days: 4, arrived: 0.6 },
  },
  {
    organizer: 'abidjan',
    title: 'Brunch littéraire de Cocody',
    category: 'community',
    city: 'Abidjan',
    venue: 'Maquis des Lettres',
    address: 'Cocody Saint-Jean',
    at: [5.3468, -3.9986],
    when: { day: -5, from: '11:00', hours: 4 },
    becomes: 'published',
    cover: ['shells', 'indigo', 45],
    views: 376,
    description: `Trois romans, trois autrices, et un buffet. On lit à voix haute, on discute la bouche pleine.`,
    types: [{ name: 'Brunch compris', price: 7500, quantity: 50 }],
    gates: [{ name: 'Terrasse', agents: ['agent.abidjan@demo.test'] }],
    sales: { orders: 20, days: 14, arrived: 0.95 },
  },
  {
    organizer: 'abidjan',
    title: 'Festival du garba',
    category: 'festival',
    city: 'Abidjan',
    venue: 'Parc des Sports',
    address: 'Treichville',
    at: [5.2939, -4.0103],
    when: { day: 35, from: '10:00', hours: 12 },
    becomes: 'pending_review',
    paymentUrl: 'https://billets.example.com/festival-du-garba',
    cover: ['steps', 'ochre', 0],
    description: `Thon, attiéké, piment : le plat du peuple a enfin son festival. Concours de rapidité à midi, finale des écailleuses à seize heures.`,
    types: [{ name: 'Entrée', price: 1000, quantity: 3000 }],
  },
]
