// A button that prints the page. Without it the browser's own menu does.
for (const button of document.querySelectorAll('[data-island="print-button"]')) button.addEventListener('click', () => print())

export {}
