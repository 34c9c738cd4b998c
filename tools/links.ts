import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * What is wrong with the links of a document to files of the repository: the file must be there, and where the link has a title,
 * as in `[limits](../test/limits.test.ts "ends what takes more")`, the file must say it. So a claim points to the sentence of
 * its test, and breaks with it. A title that has double quotes in it stands in single ones.
 */
export function linkProblems(root: string, document: string, markdown: string): readonly string[] {
  const withoutCode = markdown.replaceAll(/^```[^]*?^```$/gm, '');
  const link = /\]\(([^)\s#]+)(?:#[^)\s]*)?(?: (?:"([^"]+)"|'([^']+)'))?\)/g;
  return [...withoutCode.matchAll(link)].flatMap(([, target = '', inDouble, inSingle]) => {
    const title = inDouble ?? inSingle;
    if (/^[a-z]+:/.test(target)) return [];
    const path = join(root, dirname(document), target);
    if (!existsSync(path)) return [`${document} links to ${target}, which is not there`];
    if (title === undefined || readFileSync(path, 'utf8').includes(title)) return [];
    return [`${document} says that ${target} has "${title}", and it has not`];
  });
}
