/**
 * The servers that a database URL names. PostgreSQL's own clients take several hosts
 * (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS); `pg` takes one, and gets a URL for each.
 */

export interface DatabaseServer {
  /** Names this server alone. */
  readonly url: string;
  /** `host:port`, or as it was written; for people, and nothing secret. */
  readonly name: string;
}

const PARTS = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#@]*)([^?#]*)(?:\?([^#]*))?/;
const HOST = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/;
const USUAL_PORT = '5432';

/**
 * At least one, in the order of the URL: `postgres://user@a:5432,b/optio`, or `postgres://user@/optio?host=a,b&port=5432,5433`.
 * Throws a plain Error, which quotes nothing, where several hosts and their ports do not go together.
 */
export function readServers(databaseUrl: string): readonly DatabaseServer[] {
  const [, start, authority, path, query = ''] = PARTS.exec(databaseUrl) ?? [];
  const parameters = new Parameters(query);
  const inQuery = parameters.get('host') !== null;
  const list = inQuery ? parameters.get('host') : authority;
  // One is left to `pg` as it was written.
  if (!list?.includes(',')) return [{ url: databaseUrl, name: list || 'the server' }];
  const hosts = inQuery ? hostsOfQuery(list, parameters) : hostsOfAuthority(list, parameters);
  return hosts.map(({ host, port }) => {
    assertPort(port);
    const own = inQuery ? parameters.with('host', host).with('port', port) : parameters.with('port', null);
    const where = inQuery ? authority : `${host}:${port}`;
    return { url: `${start}${where}${path || '/'}${own}`, name: `${host}:${port}` };
  });
}

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** The same database, user and settings on another server. */
export function withAddress(databaseUrl: string, { host, port }: ServerAddress): string {
  const [, start, , path, query = ''] = PARTS.exec(databaseUrl) ?? [];
  const own = new Parameters(query).with('host', null).with('port', null);
  return `${start}${host.includes(':') ? `[${host}]` : host}:${port}${path || '/'}${own}`;
}

interface HostAndPort {
  readonly host: string;
  readonly port: string;
}

function hostsOfAuthority(list: string, parameters: Parameters): HostAndPort[] {
  const written = list.split(',').map((text) => {
    const [, host, port] = HOST.exec(text) ?? refuse('what stands for a host is not HOST or HOST:PORT');
    return { host: host!, port };
  });
  assertNoneMissing(written.map(({ host }) => host));
  const ports = portsFor(written.length, parameters);
  return written.map(({ host, port }, place) => ({ host, port: ports[place] || port || USUAL_PORT }));
}

function hostsOfQuery(list: string, parameters: Parameters): HostAndPort[] {
  const hosts = list.split(',');
  assertNoneMissing(hosts);
  const ports = portsFor(hosts.length, parameters);
  return hosts.map((host, place) => ({ host, port: ports[place] || USUAL_PORT }));
}

/** One port is that of all hosts; empty where none is given. */
function portsFor(hosts: number, parameters: Parameters): string[] {
  const ports = (parameters.get('port') ?? '').split(',');
  if (ports.length === 1) return Array(hosts).fill(ports[0]);
  if (ports.length === hosts) return ports;
  return refuse(`it names ${hosts} hosts and ${ports.length} ports; give one port for all, or one for each host`);
}

function assertNoneMissing(hosts: readonly string[]): void {
  if (hosts.includes('')) refuse('a host between the commas is missing; write HOST:PORT,HOST:PORT');
}

function assertPort(port: string): void {
  if (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535) return;
  refuse('one of its ports is not a number from 1 to 65535');
}

/** Without quoting: what looks like a port may be part of a password that was not percent-encoded. */
function refuse(why: string): never {
  throw new Error(`The PostgreSQL database URL cannot be read: ${why}.`);
}

/** The query of a URL. What is not asked for stays as it was written. */
class Parameters {
  readonly #pairs: readonly string[];

  constructor(query: string) {
    this.#pairs = query.split('&').filter((pair) => pair !== '');
  }

  /** Null where it is absent or empty. */
  get(name: string): string | null {
    return new URLSearchParams(this.#pairs.join('&')).get(name) || null;
  }

  /** With another value, or none where it is null. */
  with(name: string, value: string | null): Parameters {
    const others = this.#pairs.filter((pair) => pair.split('=', 1)[0] !== name);
    const own = value === null ? [] : [`${name}=${encodeURIComponent(value)}`];
    return new Parameters([...others, ...own].join('&'));
  }

  toString(): string {
    return this.#pairs.length === 0 ? '' : `?${this.#pairs.join('&')}`;
  }
}
