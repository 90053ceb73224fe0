// Texts with the form of secrets, for tests that hunt for them in what is printed. Put together here, so that no scanner
// of this repository takes them for real ones.

export interface FakeSecret {
  readonly what: string;
  readonly text: string;
}

const RANDOM = 'uC4vXq0ZbT8nHs2JmLw6RkPy1GdEf9AaVtB7xQi3oNzYc5SgWhKj';
const KEY_LINE = 'c2gtZWQyNTUxOQAAACBWq0ZbT8nHs2JmLw6RkPy1GdEf9AaVtB7xQi3oNzYc5SgQAAAJh3';

export const FAKE_SECRETS: readonly FakeSecret[] = [
  { what: 'a GitHub token', text: `ghp_${RANDOM.slice(0, 36)}` },
  { what: 'a fine-grained GitHub token', text: `github_pat_${RANDOM.slice(0, 22)}_${RANDOM}` },
  { what: 'a GitLab token', text: `glpat-${RANDOM.slice(0, 20)}` },
  { what: 'a routable GitLab token', text: `glpat-${RANDOM.slice(0, 27)}.01.${RANDOM.slice(30, 39).toLowerCase()}` },
  { what: 'an AWS access key id', text: ['AKIA', 'IOSFODNN7', 'EXAMPLE'].join('') },
  { what: 'a secret access key', text: ['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/') },
  { what: 'a random secret access key', text: RANDOM.slice(5, 45) },
  { what: 'a Cloudflare token', text: `${RANDOM.slice(0, 18)}-${RANDOM.slice(20, 41)}` },
  { what: 'a line of an OpenSSH key', text: KEY_LINE },
  { what: 'the first line of an OpenSSH key', text: ['b3BlbnNzaC1rZXktdjE', 'AAAAABG5vbmUAAAAEbm9uZQ'].join('') },
  { what: 'a line of a PEM file', text: `MIIEpAIBAAKCAQEA${RANDOM.slice(0, 48)}` },
  { what: 'a key file', text: pem('OPENSSH', `${KEY_LINE}\n${RANDOM.slice(0, 24)}==`) },
  { what: 'a key file on one line', text: pem('RSA', RANDOM).replaceAll('\n', ' ') },
];

function pem(kind: string, body: string): string {
  const [begin, end] = ['BEGIN', 'END'].map((word) => `-----${word} ${kind} PRIVATE KEY-----`);
  return `${begin}\n${body}\n${end}\n`;
}

/** The first piece of a secret that stands in a text, in any case of its letters; undefined if none does. */
export function findPiece(text: string, secret: string): string | undefined {
  const haystack = text.toLowerCase();
  for (let start = 0; start + PIECE <= secret.length; start++) {
    const piece = secret.slice(start, start + PIECE);
    if (!/PRIVATE|-----/.test(piece) && haystack.includes(piece.toLowerCase())) return piece;
  }
  return undefined;
}

/** As many characters of a secret tell too much. */
const PIECE = 12;
