/** Scanners open every link of every message. Whatever they are and however often they come, nothing happens by that. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BRAND, BRAND_NEWS, MARKETING } from './support/accounts.ts';
import { onEveryEngine } from './support/engines.ts';
import { change, countEvents, statusesOf, useServer } from './support/server.ts';

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
  'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (Windows NT 10.0) SafeLinks',
  'Barracuda Sentinel (EE)',
  'Mimecast URL Protect',
  'Proofpoint URL Defense',
  'Microsoft Office Outlook 16.0',
  'Microsoft-WNS/10.0',
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'Twitterbot/1.0',
  'WhatsApp/2.24',
  'curl/8.11.0',
  'python-requests/2.32.3',
  'Go-http-client/2.0',
  '',
];
const PREFETCHING = { 'sec-purpose': 'prefetch;prerender', purpose: 'prefetch', 'x-moz': 'prefetch' };

onEveryEngine('scanners', (engine) => {
  const server = useServer(engine);

  test(`every URL of a mailing, by GET and HEAD, as ${AGENTS.length} programs: nothing changes`, async () => {
    const contacts = Array.from({ length: 10 }, (_, index) => `reader${index}@example.com`);
    for (const contact of contacts.slice(0, 5)) await server().post(statusesOf(contact), change());
    const before = await countEvents(server().store);
    const urls: string[] = [];
    for (const mailing of [{ subscriptionId: MARKETING }, { subscriptionId: BRAND_NEWS }, { businessUnitId: BRAND }]) {
      const inputs = contacts.map((subscriberIdString) => ({ subscriberIdString }));
      const { json } = await server().post('/optio/v1/links/batch', { ...mailing, inputs });
      for (const { managePreferencesUrl, unsubscribeAllUrl, unsubscribeSingleUrl } of json.results) {
        urls.push(managePreferencesUrl, unsubscribeAllUrl, unsubscribeSingleUrl ?? unsubscribeAllUrl);
      }
    }
    for (const agent of AGENTS) {
      const opened = urls.map(async (url, index) => {
        // With what pages and mail programs post, put where a GET can carry it.
        const query = ['', '?do=unsubscribe', '?List-Unsubscribe=One-Click', '?do=everything&lang=de'][index % 4];
        const method = index % 2 === 0 ? 'GET' : 'HEAD';
        const response = await fetch(url + query, { method, headers: { 'user-agent': agent, ...PREFETCHING } });
        const body = await response.text();
        assert.equal(response.status, 200);
        assert.equal(method === 'HEAD', body === '');
      });
      await Promise.all(opened);
    }
    assert.equal(await countEvents(server().store), before);
    for (const contact of contacts) {
      const { json } = await server().get(`${statusesOf(contact)}?channel=EMAIL`);
      for (const { status } of json.results) assert.notEqual(status, 'UNSUBSCRIBED');
    }
  });
});
