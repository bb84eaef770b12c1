import { commentParagraphs, markdownText } from '../prose/paragraphs.mjs';
import { proseFaults } from '../prose/prose-faults.mjs';

/**
 * ESLint rule: Markdown, comments and texts in code are plain English. `privateWords` of its option
 * come from the glossary; as an option, because ESLint's cache then notices a change of them.
 * `texts: false` leaves out the texts, for code whose texts have to be those of somebody else.
 */
export const plainEnglish = {
  meta: {
    type: 'suggestion',
    schema: [
      {
        type: 'object',
        required: ['privateWords'],
        properties: { privateWords: { type: 'array' }, texts: { type: 'boolean' } },
        additionalProperties: false,
      },
    ],
    messages: { fault: '{{fault}}' },
  },
  create(context) {
    const [{ privateWords, texts = true }] = context.options;
    const check = (loc, paragraph) => {
      for (const fault of proseFaults(paragraph, privateWords)) {
        context.report({ loc, messageId: 'fault', data: { fault } });
      }
    };
    const checkMarkdown = (node) => check(node.position, markdownText(node));
    const checkText = (text, loc) => {
      if (texts && isForPeople(text)) {
        check(loc, text);
      }
    };
    return {
      paragraph: checkMarkdown,
      heading: checkMarkdown,
      tableCell: checkMarkdown,
      Program: () => {
        for (const { loc, text } of commentParagraphs(context.sourceCode.getAllComments())) {
          check(loc, text);
        }
      },
      Literal: ({ value, loc }) => checkText(value, loc),
      TemplateLiteral: ({ quasis, loc }) =>
        checkText(quasis.map(({ value }) => value.cooked).join('Value'), loc),
    };
  },
};

/**
 * Texts for people are lines of four words or more; other strings are scripts, rules, manifests.
 */
function isForPeople(text) {
  return (
    typeof text === 'string' &&
    /^[\p{L}“"(][\p{L}\p{N},;:'’"“”()-]*( [\p{L}\p{N},;:.'’"“”()/=-]+){3,}$/u.test(text)
  );
}
