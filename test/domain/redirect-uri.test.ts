import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matchesRedirect, problemOfRedirectUri } from '../../src/domain/redirect-uri.ts';

describe('A redirect URI may be', () => {
  for (const uri of [
    'https://app.example.com/oauth-callback',
    'https://app.example.com',
    'https://app.example.com:8443/cb?tenant=1&next=%2Fhome',
    'https://app.example.com/@me/a:b;c=d',
    'https://xn--bcher-kva.example/cb',
    'https://192.0.2.1/cb',
    'http://localhost:3000/oauth-callback',
    'http://127.0.0.1/cb',
    'http://[::1]:4711/cb',
  ]) {
    test(uri, () => assert.equal(problemOfRedirectUri(uri), null));
  }
});

describe('A redirect URI may not be', () => {
  const https = /^must begin with https:\/\/, or with http:\/\/ and one of 127\.0\.0\.1, \[::1\], localhost$/;
  const noUrl = /^must be a URL such as /;
  const refused: [string, RegExp][] = [
    ['', noUrl],
    ['app.example.com/cb', noUrl],
    ['/cb', noUrl],
    ['https:app.example.com/cb', noUrl],
    ['https:/app.example.com/cb', noUrl],
    ['https:///app.example.com/cb', noUrl],
    ['https://', noUrl],
    ['javascript:alert(1)//https://app.example.com', noUrl],
    ['com.example.app:/cb', noUrl],
    ['https://app.example.com\\@evil.example/cb', noUrl],
    ['https://app.example.com/a b', noUrl],
    ['https://app.example.com/\n', noUrl],
    [' https://app.example.com/', noUrl],
    ['https://bücher.example/cb', noUrl],
    ['https://app.example.com:99999/', noUrl],
    ['https://app.example.com/<script>', noUrl],
    ['https://app.example.com/cb#', /^must have no fragment/],
    ['https://app.example.com/cb#top', /^must have no fragment/],
    ['https://*.example.com/cb', /^must have no \*: it is matched exactly$/],
    ['https://app.example.com/*', /^must have no \*/],
    ['https://user@app.example.com/cb', /^must name no user$/],
    ['https://user:secret@app.example.com', /^must name no user$/],
    ['https://@app.example.com/cb', /^must name no user$/],
    ['http://app.example.com/cb', https],
    ['http://localhost.example.com/cb', https],
    ['http://127.0.0.1.example.com/cb', https],
    ['http://0.0.0.0/cb', https],
    [`https://app.example.com/${'x'.repeat(2_000)}`, /^must have at most 2000 characters$/],
  ];
  for (const [uri, problem] of refused) {
    test(JSON.stringify(uri.slice(0, 60)), () => assert.match(problemOfRedirectUri(uri) ?? 'nothing', problem));
  }
});

describe('Only what is written as it was registered matches', () => {
  const registered = ['https://app.example.com/cb', 'http://localhost:3000/cb'];
  test('each of those that are registered', () => {
    for (const uri of registered) assert.equal(matchesRedirect(registered, uri), true);
  });
  const tricks = {
    'a slash at the end': 'https://app.example.com/cb/',
    'the path in other letters': 'https://app.example.com/CB',
    'the host in other letters': 'https://APP.example.com/cb',
    'the scheme in other letters': 'HTTPS://app.example.com/cb',
    'another scheme': 'http://app.example.com/cb',
    'a user before the host': 'https://app.example.com@evil.example/cb',
    'the host as a user': 'https://evil.example/@app.example.com/cb',
    'a user on the host': 'https://x@app.example.com/cb',
    'a percent-encoded letter': 'https://app.example.com/%63b',
    'a percent-encoded slash': 'https://app.example.com%2Fcb',
    'the port that is the default': 'https://app.example.com:443/cb',
    'another port': 'http://localhost:3001/cb',
    'no port': 'http://localhost/cb',
    'another name of this machine': 'http://127.0.0.1:3000/cb',
    'a subdomain': 'https://evil.app.example.com/cb',
    'the domain above': 'https://example.com/cb',
    'a longer host': 'https://app.example.com.evil.example/cb',
    'a dot after the host': 'https://app.example.com./cb',
    'a longer path': 'https://app.example.com/cb/../evil',
    'a query': 'https://app.example.com/cb?next=evil',
    'a fragment': 'https://app.example.com/cb#x',
    'a wildcard': 'https://*.example.com/cb',
    'a beginning': 'https://app.example.com/',
    'two at once': 'https://app.example.com/cb,http://localhost:3000/cb',
    'a line break': 'https://app.example.com/cb\n',
    'a letter that looks alike': 'https://аpp.example.com/cb',
    'a backslash': 'https:\\\\app.example.com\\cb',
    nothing: '',
  };
  for (const [trick, uri] of Object.entries(tricks)) {
    test(`${trick} does not`, () => assert.equal(matchesRedirect(registered, uri), false));
  }
  test('nothing does where nothing is registered', () => assert.equal(matchesRedirect([], ''), false));
});
