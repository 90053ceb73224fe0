// Addresses that people spell differently and that are the same.

/** An address as everybody writes it: with the host in small letters, without its default port and a slash at the end. */
export function normaliseAddress(address: string): string {
  return URL.canParse(address) ? new URL(address).href.replace(/\/+$/, '') : address;
}
