// What an open store holds → what must not be printed by mistake.
import type { Outcome } from '../../core/problem.ts';
import type { Unlock } from '../../secrets/age-file.ts';
import type { SecretStore } from '../../secrets/secret-store.ts';
import { keepHidden } from '../terminal.ts';

/** Called with every store as soon as it is open; gives it back. */
export function hideStore(opened: Outcome<SecretStore>): Outcome<SecretStore> {
  if (!opened.ok) return opened;
  const { values, sealingKeys, digestKey } = opened.value;
  keepHidden([...Object.values(values).map(({ value }) => value), digestKey]);
  // Headers of PEM files are the same for everybody.
  keepHidden(
    sealingKeys.flatMap(({ privateKey }) => privateKey.split('\n').filter((line) => !line.startsWith('-----'))),
  );
  return opened;
}

/** The same for what opens a store. */
export function hideUnlock({ identities, passphrase }: Unlock): void {
  keepHidden([...identities, ...(passphrase === undefined ? [] : [passphrase])]);
}
