// The Jobs that make the first administrator and register the models, and what they are told.

import { createHash } from 'node:crypto';
import type { AppContext, Manifest, OidcContext, ServedModel } from '../../../generator/core/blueprint.ts';
import { ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import { pullSecretObjects } from '../../../generator/core/egress.ts';
import { from, type PlainMap, type YamlMap } from '../../../generator/core/provenance.ts';
import { unprivileged } from '../../../generator/core/unprivileged.ts';
import type { Inputs } from './inputs.ts';
import { API_URL, BACKEND_IMAGE, BOOTSTRAP, BOOTSTRAP_LABELS, MODELS, SECRETS, SIGN_ON_NAME } from './names.ts';
import script from './scripts/bootstrap.py';

export const BOOTSTRAP_REQUESTS = { cpuMillis: 50, memoryMiB: 64 } as const;

const FOLDER = '/rootstock';
/** The script's own patience with an API server that starts: nobody waited for that before. */
const WAIT_SECONDS = 240;
/** Exit code of the script for what another try would not change. */
const STOPPED = 2;

export function planBootstrap(context: AppContext<Inputs>): Manifest[] {
  const settings = `${JSON.stringify(planSettings(context), null, 2)}\n`;
  return [
    {
      file: 'bootstrap-settings',
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: BOOTSTRAP, namespace: ONYX_NAMESPACE },
        data: { 'bootstrap.py': script, 'settings.json': from('apps.ollama.models', settings) },
      },
    },
    { file: 'bootstrap', object: planJob(context, settings, ADMINISTRATOR) },
    { file: 'models', object: planJob(context, settings, REGISTRATION) },
  ];
}

/** What the script reads. */
function planSettings({ servedModels, oidc }: AppContext<Inputs>): PlainMap {
  return {
    providers: listProviders(servedModels),
    signOn: oidc === undefined ? null : planSignOn(oidc),
  };
}

/** One for each server; models that only make vectors answer no questions. */
function listProviders(models: readonly ServedModel[]): PlainMap[] {
  const chat = models.filter(({ isEmbedding }) => !isEmbedding);
  return [...new Set(chat.map(({ url }) => url))].map((url) => ({
    // A name that nobody chooses by chance: the script takes a provider of this name for its own.
    name: `rootstock-${new URL(url).hostname.split('.')[0] ?? ''}`,
    apiBase: url,
    models: chat
      .filter((model) => model.url === url)
      .map(({ name, contextTokens, seesImages }) => ({ name, maxInputTokens: contextTokens, seesImages })),
  }));
}

function planSignOn({ issuer, clientIdOf, emailDomains }: OidcContext): PlainMap {
  return {
    name: SIGN_ON_NAME,
    displayName: 'Single sign-on',
    clientId: clientIdOf('onyx'),
    openidConfigUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    emailDomains,
  };
}

/** One of the two Jobs: what it does, and its wave in the Application of the way in. */
interface Step {
  readonly job: string;
  /** As the script calls it. */
  readonly name: 'administrator' | 'models';
  readonly wave: string;
}

/** Before the routes: the first visitor of all would become administrator. */
const ADMINISTRATOR: Step = { job: BOOTSTRAP, name: 'administrator', wave: '1' };
/** After them: it needs a password that people may have changed, and must not close the site when it is told so. */
const REGISTRATION: Step = { job: MODELS, name: 'models', wave: '4' };

/**
 * A hook, because a Job cannot be changed: it is made anew at each sync, and a sync follows each change of the settings
 * beside it.
 */
function planJob(context: AppContext<Inputs>, settings: string, step: Step): YamlMap {
  const { oidc, egress } = context;
  const digest = createHash('sha256').update(script).update(settings).digest('hex').slice(0, 16);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: step.job,
      namespace: ONYX_NAMESPACE,
      annotations: {
        'argocd.argoproj.io/hook': 'Sync',
        'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
        'argocd.argoproj.io/sync-wave': step.wave,
        'rootstock.dev/settings': digest,
      },
    },
    spec: {
      // One attempt, with the time that the image takes: the Application tries again for ever, each time with the newest commit.
      activeDeadlineSeconds: 1200,
      backoffLimit: 0,
      podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [STOPPED] } }] },
      template: {
        metadata: { labels: BOOTSTRAP_LABELS },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          imagePullSecrets: pullSecretObjects(egress),
          restartPolicy: 'Never',
          containers: [planContainer(step, oidc !== undefined)],
          volumes: [{ name: 'rootstock', configMap: { name: BOOTSTRAP } }],
        },
      },
    },
  };
}

function planContainer({ name }: Step, hasSignOn: boolean): YamlMap {
  const { admin, signOn } = SECRETS;
  const secret = (name: string, key: string, optional?: true) => ({ secretKeyRef: { name, key, optional } });
  return {
    name: 'bootstrap',
    // For its Python: the image has neither curl nor jq, and its nodes have it already.
    image: BACKEND_IMAGE,
    command: ['python', `${FOLDER}/bootstrap.py`, name],
    env: [
      { name: 'ADMIN_API_KEY', valueFrom: secret(admin.name, admin.apiKey, true) },
      { name: 'ADMIN_EMAIL', valueFrom: secret(admin.name, admin.email) },
      { name: 'ADMIN_PASSWORD', valueFrom: secret(admin.name, admin.password) },
      { name: 'ONYX_URL', value: API_URL },
      { name: 'SETTINGS_FILE', value: `${FOLDER}/settings.json` },
      ...(hasSignOn && name === 'models'
        ? [{ name: 'SIGN_ON_CLIENT_SECRET', valueFrom: secret(signOn.name, signOn.clientSecret) }]
        : []),
      { name: 'WAIT_SECONDS', value: String(WAIT_SECONDS) },
    ],
    resources: {
      requests: { cpu: `${BOOTSTRAP_REQUESTS.cpuMillis}m`, memory: `${BOOTSTRAP_REQUESTS.memoryMiB}Mi` },
      limits: { memory: '256Mi' },
    },
    securityContext: unprivileged(1001),
    // What it said last is what `kubectl describe` and Argo CD show.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [{ name: 'rootstock', mountPath: FOLDER, readOnly: true }],
  };
}
