// Copies an address, and says so in the button's own words.
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-island="copy-link"]')) {
  button.addEventListener('click', () => {
    const { url = location.href, done = '' } = button.dataset
    navigator.clipboard.writeText(url).then(
      () => {
        button.textContent = done
        button.setAttribute('role', 'status')
      },
      () => prompt('', url),
    )
  })
}

export {}
