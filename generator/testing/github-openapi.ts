// GitHub's own description of its API: holds requests against it, and makes answers that it allows.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';

/** One request, as it arrived. */
export interface ApiRequest {
  readonly method: string;
  /** Without the prefix of the server. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined: no body was sent. */
  readonly body: unknown;
}

/** The operation that a request is. */
export interface Operation {
  /** e.g. `GET /repos/{owner}/{repo}` */
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly definition: OperationDefinition;
}

interface OperationDefinition {
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Contents };
  readonly responses: Readonly<Record<string, Response | Reference>>;
}

interface Reference {
  readonly $ref: string;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: object;
}

type Contents = Readonly<Record<string, Content>>;

interface Content {
  readonly schema?: object;
  readonly examples?: Readonly<Record<string, { readonly value?: unknown } | Reference>>;
}

interface Response {
  readonly content?: Contents;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationDefinition>>>>;
}

/** GitHub's cloud, a server of one's own, and the cloud with data residency. */
export type Description = 'api.github.com' | 'ghes-3.19' | 'ghec';

/** What `@octokit/openapi` has of it. */
export class GithubDescription {
  readonly #document: Document;
  readonly #ajv = new Ajv({ strict: false, validateFormats: false, coerceTypes: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #patterns: readonly (readonly [RegExp, string, readonly string[]])[];

  constructor(name: Description = 'api.github.com') {
    const file = createRequire(import.meta.url).resolve(`@octokit/openapi/generated/${name}.json`);
    this.#document = allowNull(JSON.parse(readFileSync(file, 'utf8'))) as Document;
    this.#ajv.addSchema(this.#document, 'github', undefined, false);
    this.#patterns = Object.keys(this.#document.paths).map((path) => {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, found]) => found ?? '');
      return [new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '([^/]+)')}$`), path, names];
    });
  }

  /** Finds the operation; undefined if GitHub has none such. */
  find({ method, path }: Pick<ApiRequest, 'method' | 'path'>): Operation | undefined {
    // Literal paths win over those with parameters.
    const found = this.#patterns
      .flatMap(([pattern, template, names]) => {
        const match = pattern.exec(path);
        const definition = this.#document.paths[template]?.[method.toLowerCase()];
        return match === null || definition === undefined ? [] : [{ match, template, names, definition }];
      })
      .sort((a, b) => a.names.length - b.names.length)[0];
    if (found === undefined) return undefined;
    const { match, template, names, definition } = found;
    const parameters = Object.fromEntries(
      names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]),
    );
    return { name: `${method} ${template}`, parameters, definition };
  }

  /** Everything that is wrong with a request; nothing for one that GitHub allows. */
  check(operation: Operation, request: ApiRequest): string[] {
    return [
      ...this.#checkParameters(operation, request),
      ...this.#checkBody(operation, request),
      ...checkHeaders(request),
    ];
  }

  #checkParameters({ name, parameters, definition }: Operation, { query }: ApiRequest): string[] {
    const known = (definition.parameters ?? []).map((one) => this.#resolve<Parameter>(one));
    const unknown = [...query.keys()].filter((key) => !known.some((one) => one.in === 'query' && one.name === key));
    const wrong = known.flatMap((parameter) => {
      const text = parameter.in === 'path' ? parameters[parameter.name] : query.get(parameter.name);
      if (text === null || text === undefined) return parameter.required === true ? [`lacks ${parameter.name}`] : [];
      const validate = this.#compile(`${name} ${parameter.in} ${parameter.name}`, parameter.schema);
      const { type } = parameter.schema as { readonly type?: string };
      const value = type === 'integer' ? Number(text) : type === 'boolean' ? text === 'true' : text;
      return validate(value) ? [] : [`${parameter.name}: ${this.#ajv.errorsText(validate.errors)}`];
    });
    return [...unknown.map((key) => `unknown query ${key}`), ...wrong];
  }

  #checkBody({ name, definition }: Operation, { body }: ApiRequest): string[] {
    const schema = definition.requestBody?.content['application/json']?.schema;
    if (schema === undefined) return body === undefined ? [] : ['has a body'];
    if (body === undefined) return definition.requestBody?.required === true ? ['lacks a body'] : [];
    const validate = this.#compile(`${name} body`, schema);
    const { properties } = schema as { readonly properties?: object };
    // GitHub ignores what it does not know, so that a misspelt key would stay unseen.
    const extra = Object.keys(body as object).filter((key) => properties !== undefined && !(key in properties));
    return [
      ...(validate(body) ? [] : [`body: ${this.#ajv.errorsText(validate.errors)}`]),
      ...extra.map((key) => `body: unknown ${key}`),
    ];
  }

  /** GitHub's own example of an answer. */
  example({ definition }: Operation, status: number): unknown {
    const response = this.#resolve<Response>(definition.responses[String(status)] ?? {});
    const examples = Object.values(response.content?.['application/json']?.examples ?? {});
    const [first] = examples.map((one) => this.#resolve<{ readonly value?: unknown }>(one).value);
    return structuredClone(first);
  }

  /** Everything that is wrong with an answer: the test server must not tell what GitHub would not. */
  checkAnswer({ name, definition }: Operation, status: number, body: unknown): string[] {
    const response = definition.responses[String(status)];
    if (response === undefined) return status >= 400 ? [] : [`has no answer ${status}`];
    const schema = this.#resolve<Response>(response).content?.['application/json']?.schema;
    if (schema === undefined) return [];
    const validate = this.#compile(`${name} ${status}`, schema);
    return validate(body) ? [] : [`answer ${status}: ${this.#ajv.errorsText(validate.errors).slice(0, 500)}`];
  }

  #resolve<T>(part: object): T {
    if (!('$ref' in part)) return part as T;
    const steps = String(part.$ref).slice(2).split('/');
    let found: unknown = this.#document;
    for (const step of steps) found = (found as Record<string, unknown>)[step];
    return found as T;
  }

  #compile(name: string, schema: object): ValidateFunction {
    const known = this.#validators.get(name);
    if (known !== undefined) return known;
    const validate = this.#ajv.compile(pointOutside(schema) as object);
    this.#validators.set(name, validate);
    return validate;
  }
}

function checkHeaders({ headers, body }: ApiRequest): string[] {
  const { accept = '', 'user-agent': agent = '', 'content-type': type = '' } = headers;
  return [
    // @see https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#headers
    ...(/^application\/(?:vnd\.github(?:\.v3)?\+json|json)/.test(String(accept)) ? [] : [`accepts ${accept}`]),
    ...(/^rootstock\/\d+\.\d+\.\d+/.test(String(agent)) ? [] : [`calls itself ${agent}`]),
    ...(body === undefined || /^application\/json\b/.test(String(type)) ? [] : [`sends ${type}`]),
  ];
}

/** References of a part of the description lead into the description. */
function pointOutside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointOutside);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      key === '$ref' && typeof item === 'string' ? [key, item.replace(/^#/, 'github#')] : [key, pointOutside(item)],
    ),
  );
}

/** OpenAPI 3.0 says `nullable` where JSON Schema lists a type. */
function allowNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(allowNull);
  if (value === null || typeof value !== 'object') return value;
  const { nullable, ...rest } = value as Record<string, unknown>;
  const parts = Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, allowNull(item)]));
  return nullable === true
    ? { anyOf: [parts, { type: 'null' }] }
    : typeof nullable === 'object'
      ? { ...parts, nullable: allowNull(nullable) }
      : parts;
}
