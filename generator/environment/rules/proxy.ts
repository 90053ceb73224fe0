// The proxy's URL holds no password, and what goes around it is written as every program reads it.
import { formatCidr, parseCidr } from '../../core/cidr.ts';
import type { ProblemKind } from '../../core/problem.ts';
import type { Finding, Rule } from './rule.ts';

const CREDENTIALS: ProblemKind = {
  code: 'EGRESS-001',
  title: 'The URL of the proxy contains credentials',
  explanation:
    'Nodes and pods are told the URL in clear text, and the environment file lies in the repository, so a password in it would be published. Let the proxy know the cluster by the addresses of its NAT gateways instead: docs/<environment>/egress.md tells how to read them. If the password was real, change it.',
};
const PATH: ProblemKind = {
  code: 'EGRESS-002',
  title: 'The URL of the proxy is more than host and port',
  explanation: 'Programs connect to host and port of a proxy. A path is ignored by some and refused by others.',
};
const NO_PROXY: ProblemKind = {
  code: 'EGRESS-003',
  title: 'Not every program reads this exception from the proxy',
  explanation:
    'NO_PROXY has no standard. All programs on nodes and in pods understand a host (git.example.com), a domain with a leading dot (.example.com) and an address; those that talk to addresses understand networks (192.0.2.0/24), too. Some ignore stars, ports and schemes, and so would go through the proxy after all.',
};

export const proxy: Rule = {
  kinds: [CREDENTIALS, PATH, NO_PROXY],
  check: ({ egress }) => {
    if (egress.proxy === undefined) return [];
    return [...checkUrl(egress.proxy.url), ...egress.proxy.noProxy.flatMap(checkException)];
  },
};

function checkUrl(text: string): Finding[] {
  const at = ['egress', 'proxy', 'url'];
  if (!URL.canParse(text))
    return [{ kind: PATH, at, message: `${text} is not a URL.`, hint: 'write http://proxy.example.com:3128' }];
  const { protocol, host, pathname, search, username, password } = new URL(text);
  const bare = `${protocol}//${host}`;
  if (username !== '' || password !== '') {
    const message = `egress.proxy.url carries credentials for ${host}; every node and pod would show them.`;
    return [{ kind: CREDENTIALS, at, message, hint: `write ${bare}` }];
  }
  if (pathname === '/' && search === '') return [];
  return [{ kind: PATH, at, message: `${bare} is followed by ${pathname}${search}.`, hint: `write ${bare}` }];
}

function checkException(text: string, index: number): Finding[] {
  const mended = mend(text);
  if (mended === text) return [];
  const at = ['egress', 'proxy', 'noProxy', index];
  if (mended === undefined) {
    const message = `${text} is no host, no domain and no network.`;
    return [{ kind: NO_PROXY, at, message, hint: 'write a host, .example.com, or a network such as 192.0.2.0/24' }];
  }
  if (mended === '') {
    const message = `${text} would send nothing through the proxy.`;
    return [{ kind: NO_PROXY, at, message, hint: 'remove egress.proxy, or name what is reached without it' }];
  }
  return [{ kind: NO_PROXY, at, message: `${text} is not read by all programs.`, hint: `write ${mended}` }];
}

/** What was meant, in the form that all read; empty for everything, undefined where nobody can tell. */
function mend(text: string): string | undefined {
  if (text === '*') return '';
  if (text.includes('/') && !text.includes('//')) return mendNetwork(text);
  const host = text
    .replace(/^[a-z]+:\/\//, '')
    .replace(/\/.*$/, '')
    .replace(/:\d+$/, '')
    .replace(/^\*\./, '.');
  return /^\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host) ? host : undefined;
}

function mendNetwork(text: string): string | undefined {
  const network = parseCidr(text);
  if (network.ok) return text;
  return network.reason === 'malformed' ? undefined : formatCidr(network.network);
}
