import pg from 'pg'
const stats = new Map(); const q = pg.Client.prototype.query
pg.Client.prototype.query = function (...a) {
  const text = typeof a[0] === 'string' ? a[0] : a[0]?.text ?? ''
  const t = performance.now(); const r = q.apply(this, a)
  const key = text.replace(/\s+/g, ' ').replace(/\$\d+(, \$\d+)+/g,'$..').slice(0, 90)
  const done = () => { const s = stats.get(key) ?? [0, 0]; s[0]++; s[1] += performance.now() - t; stats.set(key, s) }
  if (r?.then) r.then(done, done)
  else if (typeof a[0] === 'object' && a[0].once) { a[0].once('end', done) }
  return r
}
process.on('exit', () => { for (const [k, [n, ms]] of [...stats].sort((x, y) => y[1][1] - x[1][1]).slice(0, 32)) console.error(String(n).padStart(6), (ms).toFixed(0).padStart(7) + 'ms', (ms / n).toFixed(1).padStart(6), k) })
