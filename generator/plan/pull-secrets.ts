// Pull secrets → what each app needs in its namespace: said once here, so that no app can forget it.
import type { AppPlan, SecretNeed } from '../core/blueprint.ts';

const TYPE = 'kubernetes.io/dockerconfigjson';
const KEY = {
  key: '.dockerconfigjson',
  meaning: 'Logins of registries, as `docker login` or `podman login` writes them: `{"auths":{"HOST":{"auth":"…"}}}`.',
};

/** Adds the pull secrets of an environment to what an app needs, if the app runs pods. */
export function addPullSecrets(plan: AppPlan, namespace: string, pullSecrets: readonly string[]): AppPlan {
  if (pullSecrets.length === 0 || (plan.workloads ?? []).length === 0) return plan;
  const needs = [...pullSecrets]
    .sort()
    .map((name): SecretNeed => ({ name, namespace, type: TYPE, keys: [KEY], usedBy: 'the kubelet, to pull images' }));
  return { ...plan, secrets: [...(plan.secrets ?? []), ...needs] };
}
