import { commentParagraphs, markdownText } from '../prose/paragraphs.mjs';
import { proseFaults } from '../prose/prose-faults.mjs';

/**
 * ESLint rule: Markdown, comments and texts in code are plain English. Its option lists the private
 * words of the glossary, so that ESLint's cache knows when the glossary changes.
 */
export const plainEnglish = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'array', items: { type: 'object' } }],
    messages: { fault: '{{fault}}' },
  },
  create(context) {
    const [privateWords] = context.options;
    const check = (loc, paragraph) => {
      for (const fault of proseFaults(paragraph, privateWords)) {
        context.report({ loc, messageId: 'fault', data: { fault } });
      }
    };
    const checkMarkdown = (node) => check(node.position, markdownText(node));
    return {
      paragraph: checkMarkdown,
      heading: checkMarkdown,
      tableCell: checkMarkdown,
      Program: () => {
        for (const { loc, text } of commentParagraphs(context.sourceCode.getAllComments())) {
          check(loc, text);
        }
      },
      Literal: ({ value, loc }) => checkText(value, loc, check),
      TemplateLiteral: ({ quasis, loc }) =>
        checkText(quasis.map(({ value }) => value.cooked).join('Value'), loc, check),
    };
  },
};

/** Texts for people are single lines of a few words; the others are scripts, rules and manifests. */
function checkText(text, loc, check) {
  if (typeof text !== 'string' || text.includes('\n')) return;
  if (/^[\p{L}“"(][\p{L}\p{N},;:'’"“”()-]*( [\p{L}\p{N},;:.'’"“”()/=-]+){3,}$/u.test(text))
    check(loc, text);
}
