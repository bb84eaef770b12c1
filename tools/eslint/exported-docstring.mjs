const DOCUMENTED = new Set([
  'ClassDeclaration',
  'FunctionDeclaration',
  'TSDeclareFunction',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
]);

/**
 * ESLint rule: a docstring stands directly above each exported function, class, interface and type.
 * Exempt are re-exports, the later signatures of an overloaded function, and constants, since a
 * group of them has one comment. A type derived from a value is exempt too: its value has one.
 */
export const exportedDocstring = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { missing: 'A docstring has to stand directly above {{name}}.' },
  },
  create(context) {
    const documented = new Set();
    return {
      ExportNamedDeclaration: (node) => {
        const { declaration } = node;
        if (!DOCUMENTED.has(declaration?.type) || isTypeOfValue(context.sourceCode, declaration)) {
          return;
        }
        const { name } = declaration.id;
        if (hasDocstring(context.sourceCode, node)) {
          documented.add(name);
        } else if (!documented.has(name)) {
          context.report({ node: declaration.id, messageId: 'missing', data: { name } });
        }
      },
    };
  },
};

function isTypeOfValue(sourceCode, declaration) {
  return (
    declaration.type === 'TSTypeAliasDeclaration' &&
    /\btypeof\b/.test(sourceCode.getText(declaration.typeAnnotation))
  );
}

function hasDocstring(sourceCode, node) {
  const comment = sourceCode.getCommentsBefore(node).at(-1);
  return (
    comment?.type === 'Block' &&
    comment.value.startsWith('*') &&
    comment.loc.end.line === node.loc.start.line - 1
  );
}
