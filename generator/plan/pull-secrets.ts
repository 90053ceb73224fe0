// Pull secrets → what each app needs in its namespace: said once here, so that no app can forget it.
import type { AppPlan, SecretNeed } from '../core/blueprint.ts';
import { pathOfKey } from '../core/secret-path.ts';

const TYPE = 'kubernetes.io/dockerconfigjson';
const KEY = {
  key: '.dockerconfigjson',
  meaning:
    'Logins of registries, as `docker login` or `podman login` writes them: `{"auths":{"HOST":{"auth":"…"}}}`. HOST is the registry that an image names (`quay.io`; for Docker Hub `https://index.docker.io/v1/`), also where `egress.registryMirrors` sends the request elsewhere: the kubelet looks a login up by the name of the image, and containerd takes it along to the mirror.',
};

/** Adds the pull secrets of an environment to what an app needs, if the app runs pods. */
export function addPullSecrets(plan: AppPlan, namespace: string, pullSecrets: readonly string[]): AppPlan {
  if (pullSecrets.length === 0 || (plan.workloads ?? []).length === 0) return plan;
  const needs = [...pullSecrets]
    .sort()
    .map((name): SecretNeed => ({ name, namespace, type: TYPE, keys: [KEY], usedBy: 'the kubelet, to pull images' }));
  return { ...plan, secrets: [...(plan.secrets ?? []), ...needs] };
}

/** Each login is given once, for the first namespace; the others get the same. */
export function shareLogins<Need extends SecretNeed>(needs: readonly Need[]): Need[] {
  return needs.map((need) => {
    const first = needs.find(({ name, type }) => type === TYPE && name === need.name);
    if (first === undefined || first === need || need.type !== TYPE) return need;
    const text = `\${${pathOfKey(first, KEY.key)}}`;
    return { ...need, keys: need.keys.map((key) => ({ ...key, make: { kind: 'text', text } })) };
  });
}
