// What REDIS_URL may say. One Redis is an ordinary URL; Sentinels and a cluster are named by several of their nodes, which no
// URL parser takes, so these two are read here.

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

interface Access {
  readonly username: string | null;
  readonly password: string | null;
  readonly tls: boolean;
}

export interface SingleRedis {
  readonly kind: 'single';
  readonly url: string;
}

/** `redis+sentinel://[user:password@]host:port,host:port/<name of the primary>`; `rediss+…` speaks TLS to all. */
export interface SentinelRedis extends Access {
  readonly kind: 'sentinel';
  readonly nodes: readonly RedisNode[];
  readonly name: string;
  /** Of the Sentinels themselves: `?sentinelPassword=`. */
  readonly sentinelPassword: string | null;
}

/** `redis+cluster://[user:password@]host:port,host:port`; a few nodes are enough, the others are found. */
export interface ClusterRedis extends Access {
  readonly kind: 'cluster';
  readonly nodes: readonly RedisNode[];
}

export type RedisPlace = SingleRedis | SentinelRedis | ClusterRedis;

export const NODES_NAMED_MAX = 32;
const SEVERAL =
  /^(?<scheme>rediss?)\+(?<kind>sentinel|cluster):\/\/(?:(?<username>[^:@/]*):(?<password>[^@/]*)@)?(?<nodes>[^/?#@]+)(?:\/(?<name>[A-Za-z0-9._-]+))?(?:\?sentinelPassword=(?<sentinelPassword>[^&#]+))?$/;
const NODE = /^(?<host>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]+\]):(?<port>\d{1,5})$/;
const PORT_MAX = 65_535;

/** Null: it is none. */
export function parseRedisUrl(text: string): RedisPlace | null {
  if (/^rediss?:\/\//.test(text)) return URL.canParse(text) ? { kind: 'single', url: text } : null;
  const parts = SEVERAL.exec(text)?.groups;
  if (parts === undefined) return null;
  const named = parts.nodes!.split(',').map(parseNode);
  const nodes = named.filter((node) => node !== null);
  if (nodes.length < named.length || nodes.length > NODES_NAMED_MAX) return null;
  try {
    const access = {
      username: decode(parts.username),
      password: decode(parts.password),
      tls: parts.scheme === 'rediss',
    };
    const [name, sentinelPassword] = [parts.name ?? null, decode(parts.sentinelPassword)];
    if (parts.kind === 'sentinel') {
      return name === null ? null : { kind: 'sentinel', nodes, name, sentinelPassword, ...access };
    }
    return name === null && sentinelPassword === null ? { kind: 'cluster', nodes, ...access } : null;
  } catch {
    return null;
  }
}

function parseNode(text: string): RedisNode | null {
  const parts = NODE.exec(text)?.groups;
  const port = Number(parts?.port);
  if (parts === undefined || port < 1 || port > PORT_MAX) return null;
  return { host: parts.host!.replace(/^\[|\]$/g, ''), port };
}

/** Throws a URIError. */
const decode = (text: string | undefined): string | null =>
  text === undefined || text === '' ? null : decodeURIComponent(text);
