/** Finds a module that is started rather than imported: a compiler that renames files does not see its name. */

/** The module `name` in the folder of the module at `url`: TypeScript in a checkout, JavaScript in the published package. */
export function besideThis(name: string, url: string): URL {
  return new URL(`./${name}${url.slice(url.lastIndexOf('.'))}`, url);
}
