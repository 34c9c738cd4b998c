import { describe, expect, it } from '@jest/globals';
import { BlockCursor } from '../../../src/http2/hpack/block-cursor.ts';
import type { HeaderField } from '../../../src/http2/hpack/header-field.ts';
import { block, readerOf, tableOf } from './read-blocks.ts';

const get: HeaderField = [':method', 'GET'];
const http: HeaderField = [':scheme', 'http'];
const https: HeaderField = [':scheme', 'https'];
const root: HeaderField = [':path', '/'];
const page: HeaderField = [':path', '/index.html'];
const authority: HeaderField = [':authority', 'www.example.com'];
const noCache: HeaderField = ['cache-control', 'no-cache'];
const custom: HeaderField = ['custom-key', 'custom-value'];
const isPrivate: HeaderField = ['cache-control', 'private'];
const date: HeaderField = ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'];
const later: HeaderField = ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'];
const location: HeaderField = ['location', 'https://www.example.com'];
const gzip: HeaderField = ['content-encoding', 'gzip'];
const cookie: HeaderField = ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'];
const status = (code: string): HeaderField => [':status', code];

/** The lists of C.3 and C.4, and what the table holds after each. */
const requests = [
  { list: [get, http, root, authority], table: [authority] },
  { list: [get, http, root, authority, noCache], table: [noCache, authority] },
  { list: [get, https, page, authority, custom], table: [custom, noCache, authority] },
];
/** Those of C.5 and C.6. */
const responses = [
  {
    list: [status('302'), isPrivate, date, location],
    table: [location, date, isPrivate, status('302')],
  },
  {
    list: [status('307'), isPrivate, date, location],
    table: [status('307'), location, date, isPrivate],
  },
  {
    list: [status('200'), isPrivate, later, location, gzip, cookie],
    table: [cookie, gzip, later],
  },
];

describe('the examples of RFC 7541, Appendix C', () => {
  it.each([
    ['C.1.1', '0a', 5, 10],
    ['C.1.2', '1f9a0a', 5, 1337],
    ['C.1.3', '2a', 8, 42],
  ])('%s is a number', (_, hex, prefixBits, number) => {
    const cursor = new BlockCursor(block(hex));
    expect(cursor.number(prefixBits)).toBe(number);
    expect(cursor.isAtEnd).toBe(true);
  });

  it.each([
    {
      name: 'C.2.1',
      hex: '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
      list: [['custom-key', 'custom-header']],
      table: [['custom-key', 'custom-header']],
    },
    {
      name: 'C.2.2',
      hex: '040c 2f73 616d 706c 652f 7061 7468',
      list: [[':path', '/sample/path']],
      table: [],
    },
    {
      name: 'C.2.3',
      hex: '1008 7061 7373 776f 7264 0673 6563 7265 74',
      list: [['password', 'secret']],
      table: [],
    },
    { name: 'C.2.4', hex: '82', list: [get], table: [] },
  ])('$name is a header', ({ hex, list, table }) => {
    const reader = readerOf();
    expect(reader.read(block(hex))).toEqual(list);
    expect(tableOf(reader)).toEqual(table);
  });

  it.each([
    {
      name: 'C.3',
      maxTableBytes: 4096,
      series: requests,
      blocks: [
        '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '8286 84be 5808 6e6f 2d63 6163 6865',
        '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
      ],
    },
    {
      name: 'C.4',
      maxTableBytes: 4096,
      series: requests,
      blocks: [
        '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
        '8286 84be 5886 a8eb 1064 9cbf',
        '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
      ],
    },
    {
      name: 'C.5',
      maxTableBytes: 256,
      series: responses,
      blocks: [
        `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32
         3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
        '4803 3330 37c1 c0bf',
        `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970
         7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61
         6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31`,
      ],
    },
    {
      name: 'C.6',
      maxTableBytes: 256,
      series: responses,
      blocks: [
        `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad
         1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
        '4883 640e ffc1 c0bf',
        `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2
         e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
      ],
    },
  ])('$name is the lists of a connection', ({ maxTableBytes, series, blocks }) => {
    for (const count of [1, 2, 3]) {
      const reader = readerOf({ maxTableBytes });
      const lists = blocks.slice(0, count).map((hex) => reader.read(block(hex)));
      expect(lists).toEqual(series.slice(0, count).map(({ list }) => list));
      expect(tableOf(reader)).toEqual(series[count - 1]?.table);
    }
  });
});
