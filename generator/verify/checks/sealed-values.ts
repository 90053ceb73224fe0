// What stands in a SealedSecret is sealed, and for the Secret that it says.
import type { Problem, ProblemKind } from '../../core/problem.ts';
import type { Check } from '../check.ts';
import { asMap, asText, listObjects, nameObject, type PlacedObject, problemAt } from '../kubernetes-objects.ts';

const NOT_SEALED: ProblemKind = {
  code: 'VER-262',
  title: 'A value of a SealedSecret that is not sealed',
  explanation:
    'A sealed value starts with the length of an RSA key, so it begins with Ag (4096 bits), AY (3072) or AQ (2048). Anything else was pasted there, and everybody who can read the repository can read it: seal it, and change it if it was ever pushed.',
};
const WRONG_NAME: ProblemKind = {
  code: 'VER-263',
  title: 'A SealedSecret that makes a Secret of another name',
  explanation:
    'A value is sealed for one namespace and one name, and the controller refuses to open it under another. Copying or renaming a SealedSecret does not work: seal it anew.',
};

/** Lengths of an encrypted session key, in bytes. @see https://github.com/bitnami-labs/sealed-secrets/blob/v0.36.6/pkg/crypto/crypto.go */
const KEY_LENGTHS: readonly number[] = [256, 384, 512];

/** Codes: VER-262, VER-263. */
export const sealedValues: Check = {
  kinds: [NOT_SEALED, WRONG_NAME],
  run(input) {
    return listObjects(input)
      .filter(({ group, kind }) => group === 'bitnami.com' && kind === 'SealedSecret')
      .flatMap((placed) => [...checkValues(placed), ...checkNames(placed)]);
  },
};

function checkValues(placed: PlacedObject): Problem[] {
  const values = asMap(asMap(placed.object['spec'])['encryptedData']);
  return Object.entries(values).flatMap(([key, value]) =>
    isSealed(asText(value) ?? '')
      ? []
      : [
          problemAt(NOT_SEALED, placed, ['spec', 'encryptedData', key], {
            message: `${nameObject(placed)} has ${key} in a form that no sealing gives.`,
            hint: 'seal it with rootstock secrets seal or kubeseal, and change the value if it was ever pushed',
          }),
        ],
  );
}

/** Looks at the first bytes only: what is cut off later is for the controller to say. */
function isSealed(value: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return false;
  const bytes = Buffer.from(value, 'base64');
  return bytes.length >= 2 && KEY_LENGTHS.includes(bytes.readUInt16BE(0));
}

function checkNames(placed: PlacedObject): Problem[] {
  const made = asMap(asMap(asMap(placed.object['spec'])['template'])['metadata']);
  const own = asMap(placed.object['metadata']);
  return ['namespace', 'name'].flatMap((key) => {
    const [has, makes] = [asText(own[key]), asText(made[key])];
    if (makes === undefined || makes === has) return [];
    return [
      problemAt(WRONG_NAME, placed, ['spec', 'template', 'metadata', key], {
        message: `${nameObject(placed)} has the ${key} ${has ?? ''}, and its template ${makes}.`,
        hint: `seal the Secret anew for ${makes}`,
      }),
    ];
  });
}
