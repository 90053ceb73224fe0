// Text with certificates in PEM → the certificates alone: bundles come with comments, blank lines and Windows line ends.

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

export interface PemReading {
  /** Each with its marks and one newline at its end, in the order of the text. */
  readonly certificates: readonly string[];
  /** What is neither a certificate nor a comment; never shown, since it may be a key. */
  readonly others: boolean;
}

/** Takes the certificates out of a text; whether they are any is for a parser to say. */
export function readPem(text: string): PemReading {
  const certificates = (text.match(CERTIFICATE) ?? []).map(tidy);
  const rest = text.replace(CERTIFICATE, '').replace(/^\s*#.*$/gm, '');
  return { certificates, others: /\S/.test(rest) };
}

/** The certificates of a bundle as one text. */
export function joinPem(text: string): string {
  return readPem(text).certificates.join('');
}

function tidy(block: string): string {
  const lines = block.split(/\r?\n/).map((line) => line.trim());
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}
