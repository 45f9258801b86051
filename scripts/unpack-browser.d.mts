// Types of unpack-browser.mjs, which stays plain JavaScript for Node 20.
export function unpackBrowser(say: (line: string) => void): Promise<string>
