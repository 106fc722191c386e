/**
 * What we need of `node:http` by name. Imported as a module it would be read property by property, and one of them loads
 * Node's whole HTTP client: the largest single cost of a start.
 */
export const { METHODS, STATUS_CODES } = process.getBuiltinModule('node:http');
