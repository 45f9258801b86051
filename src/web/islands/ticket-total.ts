// The event page's button, made to say what was chosen and what it costs. Without it the next page says so.
const form = document.querySelector<HTMLFormElement>('[data-island="ticket-total"]')
const button = form?.querySelector<HTMLButtonElement>('button[type="submit"]')

function show(): void {
  if (!form || !button) return
  const { locale = 'fr', currency = 'XOF', button: words = '' } = form.dataset
  let total = 0
  let count = 0
  for (const select of form.querySelectorAll<HTMLSelectElement>('select[data-price]')) {
    total += Number(select.value) * Number(select.dataset.price)
    count += Number(select.value)
  }
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency })
  const { maximumFractionDigits = 0 } = money.resolvedOptions()
  button.textContent = count > 0 && total > 0 ? `${words} · ${money.format(total / 10 ** maximumFractionDigits)}` : words
}

form?.addEventListener('change', show)
// Browsers bring back what was chosen when somebody comes back.
addEventListener('pageshow', show)

export {}
