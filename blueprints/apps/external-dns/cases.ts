// Environments that show each DNS provider.
export const cases = [
  { name: 'Cloudflare', environment: 'zcompute-high-cloudflare' },
  { name: 'RFC 2136', environment: 'gpu-mix' },
  { name: 'Route 53, on AWS', environment: 'aws-high' },
] as const;
