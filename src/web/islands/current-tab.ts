// Brings the open tab into view where the strip is wider than the phone, for browsers that don't do it by style alone.
if (!CSS.supports('scroll-initial-target', 'nearest')) {
  const tab = document.querySelector<HTMLElement>('.rail .tabs [aria-current]')
  const strip = tab?.parentElement
  if (tab && strip) strip.scrollLeft = tab.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2
}

export {}
