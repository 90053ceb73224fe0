// Names, versions and folders that several of Onyx's objects share.
import { ONYX_NAMESPACE } from '../../../generator/core/data-services.ts';
import type { PlainMap } from '../../../generator/core/provenance.ts';

/** The chart's own default is `latest`. */
export const APP_VERSION = 'v4.6.1';
export const BACKEND_IMAGE = `onyxdotapp/onyx-backend:${APP_VERSION}`;

/** As the chart names its Services for the release `onyx`. */
export const API = { deployment: 'onyx-api-server', service: 'onyx-api-service', port: 8080 } as const;
export const WEB = { service: 'onyx-webserver', port: 3000 } as const;
export const MODEL_SERVER_PORT = 9000;
/** What Onyx calls by bare name: no list of domains keeps these away from a proxy. */
export const BARE_SERVICES = [
  API.service,
  'onyx-indexing-model-service',
  'onyx-inference-model-service',
  WEB.service,
] as const;

export const API_URL = `http://${API.service}.${ONYX_NAMESPACE}.svc.cluster.local:${API.port}`;

/** As the chart labels all pods but those of the inference model server. */
export const RELEASE_LABELS: PlainMap = { 'app.kubernetes.io/instance': 'onyx', 'app.kubernetes.io/name': 'onyx' };
export const INFERENCE_LABELS: PlainMap = { app: 'inference-model-server' };

/** The Application of all that leads people to Onyx, and does not wait for its GPU nodes. */
export const ACCESS = 'onyx-access';

/** Makes the administrator. */
export const BOOTSTRAP = 'onyx-bootstrap';
/** Registers models and single sign-on. */
export const MODELS = 'onyx-models';
/** Of the pods of both. */
export const BOOTSTRAP_LABELS: PlainMap = { 'app.kubernetes.io/name': BOOTSTRAP };

export const GATE = 'onyx-gate';
export const GATE_LABELS: PlainMap = { 'app.kubernetes.io/name': GATE };

/** Made by Rootstock, or given by people. */
export const SECRETS = {
  admin: { name: 'onyx-admin', email: 'email', password: 'password', apiKey: 'api_key' },
  userAuth: { name: 'onyx-user-auth', key: 'user_auth_secret' },
  signOn: { name: 'onyx-sign-on', clientSecret: 'client_secret' },
} as const;

/** Part of its redirect URI, which the issuer has to know: `/api/auth/oidc/rootstock/callback`. */
export const SIGN_ON_NAME = 'rootstock';

/** Where backend pods find the CA of OpenSearch. */
export const SEARCH_CA_FOLDER = '/etc/rootstock/search';
