// What Vite makes of `?url`: the address of the built file.
declare module '*?url' {
  const address: string
  export default address
}
