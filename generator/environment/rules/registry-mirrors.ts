// Mirrors of registries are asked without a password, under the names by which images are asked for.
import type { ProblemKind } from '../../core/problem.ts';
import type { Environment } from '../schema/environment-schema.ts';
import type { Finding, Rule } from './rule.ts';

const CREDENTIALS: ProblemKind = {
  code: 'EGRESS-010',
  title: 'The URL of a mirror contains credentials',
  explanation:
    'Every pod of a worker can read the user data of its node, so what is in there is no secret. Use a mirror that answers the network of the cluster without a login, or pull with the Secrets of egress.pullSecrets. If the password was real, change it.',
};
const ALIAS: ProblemKind = {
  code: 'EGRESS-011',
  title: 'Images are asked for under another name of this registry',
  explanation:
    'containerd looks for mirrors by the name in front of the image, and images of Docker Hub have docker.io there, whatever host answers in the end.',
};
const NO_MIRROR: ProblemKind = {
  code: 'EGRESS-012',
  title: 'This URL mirrors nothing',
  explanation: 'A mirror is the URL of another host that answers like the registry itself.',
};

const DOCKER_HUB = ['hub.docker.com', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'];

export const registryMirrors: Rule = {
  kinds: [CREDENTIALS, ALIAS, NO_MIRROR],
  check: ({ egress }: Environment) =>
    Object.entries(egress.registryMirrors).flatMap(([registry, urls]) => [
      ...checkName(registry),
      ...urls.flatMap((url, index) => checkUrl(registry, url, index)),
    ]),
};

function checkName(registry: string): Finding[] {
  if (!DOCKER_HUB.includes(registry)) return [];
  const message = `No image is asked for under ${registry}: those of Docker Hub are under docker.io.`;
  return [{ kind: ALIAS, at: ['egress', 'registryMirrors', registry], message, hint: 'write docker.io' }];
}

function checkUrl(registry: string, text: string, index: number): Finding[] {
  const at = ['egress', 'registryMirrors', registry, index];
  if (!URL.canParse(text)) {
    const message = `${text} is not a URL.`;
    return [{ kind: NO_MIRROR, at, message, hint: 'write https://mirror.example.com' }];
  }
  const { protocol, host, pathname, username, password } = new URL(text);
  if (username !== '' || password !== '') {
    const message = `The mirror ${host} is given with credentials, which pods could read.`;
    const hint = `write ${protocol}//${host}${pathname === '/' ? '' : pathname}`;
    return [{ kind: CREDENTIALS, at, message, hint }];
  }
  if (host !== registry) return [];
  return [{ kind: NO_MIRROR, at, message: `${registry} is named as its own mirror.`, hint: 'remove it' }];
}
