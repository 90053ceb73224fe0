// Environments that show each issuer and each DNS provider.
export const cases = [
  { name: 'own CA', environment: 'zcompute-high-wildcard' },
  { name: 'acme by Cloudflare', environment: 'zcompute-high-cloudflare' },
  { name: 'acme by Route 53', environment: 'aws-high' },
] as const;
