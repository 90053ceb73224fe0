// Environments for which the values of this app are kept as golden files.
export const cases = [
  { name: 'single', environment: 'zcompute-single' },
  { name: 'high', environment: 'aws-high' },
  {
    name: 'own-git-server',
    environment: 'zcompute-high-cloudflare',
    inputs: {
      knownHosts: ['git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5iF3g0kYq1uQwq8Q2bG3cQ9mXo0d5o1cR9q1n2E3aB'],
    },
  },
  { name: 'sign-on-behind-proxy', environment: 'zcompute-behind-proxy' },
] as const;
