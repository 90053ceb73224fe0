// NO_PROXY → whether a host is reached without the proxy, as programs in Go and curl agree on it.
import { contains, parseCidr } from '../core/cidr.ts';

/**
 * True if an entry names the host, a domain above it, or a network around its address.
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config (NoProxy)
 */
export function isReachedDirectly(host: string, noProxy: readonly string[]): boolean {
  return noProxy.some((entry) => covers(entry.toLowerCase(), host.toLowerCase()));
}

function covers(entry: string, host: string): boolean {
  const network = parseCidr(entry);
  if (network.ok) {
    const address = parseCidr(`${host}/32`);
    return address.ok && contains(network.cidr, address.cidr);
  }
  // A domain with a leading dot leaves out the domain itself.
  return host === entry || host.endsWith(entry.startsWith('.') ? entry : `.${entry}`);
}
