// Lets people read the password that they type. Hidden again when the form is sent, so that the browser offers to keep it.
for (const input of document.querySelectorAll<HTMLInputElement>('input[data-show]')) {
  const { show = '', hide = '' } = input.dataset
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'link-button small'
  button.setAttribute('aria-controls', input.id)
  const set = (visible: boolean) => {
    input.type = visible ? 'text' : 'password'
    button.textContent = visible ? hide : show
  }
  set(false)
  button.addEventListener('click', () => set(input.type === 'password'))
  input.form?.addEventListener('submit', () => set(false))
  input.after(button)
}

export {}
