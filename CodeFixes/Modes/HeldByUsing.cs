using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Releases;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Modes;

/// <summary>A lease, a handle or an owner that the declaration of its variable holds.</summary>
internal sealed class HeldByUsing
{
    private readonly LocalDeclarationStatementSyntax _declaration;
    private readonly IReadOnlyList<StatementSyntax> _spare;

    private HeldByUsing(ILocalSymbol variable, LocalDeclarationStatementSyntax declaration, IReadOnlyList<StatementSyntax> spare)
    {
        Variable = variable;
        _declaration = declaration;
        _spare = spare;
    }

    public ILocalSymbol Variable { get; }

    /// <summary>What a call or a creation takes, or null where its variable is not declared with it or is not the only one to hold it.</summary>
    public static HeldByUsing? Of(SyntaxNode origin, SemanticModel model)
    {
        if ((Acquisition.CallAt(origin) ?? (ExpressionSyntax?)(origin as BaseObjectCreationExpressionSyntax)) is not
            {
                Parent: EqualsValueClauseSyntax
                {
                    Parent: VariableDeclaratorSyntax
                    {
                        Parent: VariableDeclarationSyntax
                        {
                            Variables.Count: 1,
                            Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } declaration,
                        },
                    } declarator,
                },
            }
            || StatementList.Holding(declaration) is not { } list
            || model.GetDeclaredSymbol(declarator) is not ILocalSymbol variable)
        {
            return null;
        }

        List<StatementSyntax> spare = [];
        List<IdentifierNameSyntax> names = [];
        SyntaxNode? function = PageUses.FunctionOf(declaration);
        foreach (IdentifierNameSyntax name in list.Owner.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Identifier.ValueText != variable.Name || !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, variable))
            {
                continue;
            }

            if (PageUses.FunctionOf(name) != function || !IsOnlyRead(name) || PendingCall.Holds(name, model))
            {
                return null;
            }

            names.Add(name);
            if (name.Parent is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "Release" or "Free", Parent: InvocationExpressionSyntax release })
            {
                continue;
            }

            if (ReleaseStatement.Of(release) is { } statement && IsLast(statement, list))
            {
                spare.Add(statement);
            }
            else if (variable.Type.IsValueType)
            {
                // A struct held by 'using' is read-only: a copy would be disposed, and the original once more.
                return null;
            }
        }

        return Views.AreReturnedFrom(list.Statements, names, model) ? null : new HeldByUsing(variable, declaration, spare);
    }

    /// <summary>The nodes that must be tracked until <see cref="Apply"/>.</summary>
    public IEnumerable<SyntaxNode> Tracked => [_declaration, .. _spare];

    /// <summary>A tree in which the nodes are tracked, with <c>using</c> and without the releases that it makes superfluous.</summary>
    public SyntaxNode Apply(SyntaxNode root)
    {
        LocalDeclarationStatementSyntax current = root.GetCurrentNode(_declaration)!;
        SyntaxToken keyword = SyntaxFactory.Token(current.GetLeadingTrivia(), SyntaxKind.UsingKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space));
        root = root.ReplaceNode(current, current.WithoutLeadingTrivia().WithUsingKeyword(keyword));
        SyntaxTrivia lineEnd = Formatting.LineEnd(root);
        foreach (StatementSyntax statement in _spare)
        {
            root = Layout.Remove(root, root.GetCurrentNode(statement)!, lineEnd);
        }

        return root;
    }

    /// <summary>Whether nothing can keep the lease: a member of it is used, or it is compared.</summary>
    private static bool IsOnlyRead(IdentifierNameSyntax name) => name.Parent switch
    {
        // A view that is returned or stored would outlive what it shows.
        MemberAccessExpressionSyntax access => access.Expression == name
            && (access.Name.Identifier.ValueText is "Bytes" or "Mode" or "IsEmpty"
                || access.Parent is not (ReturnStatementSyntax or ArrowExpressionClauseSyntax or AssignmentExpressionSyntax)),
        ConditionalAccessExpressionSyntax access => access.Expression == name,
        BinaryExpressionSyntax comparison => comparison.Kind() is SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression,
        IsPatternExpressionSyntax => true,
        _ => false,
    };

    /// <summary>Whether a release is followed by nothing but what leaves the scope of the variable.</summary>
    private static bool IsLast(StatementSyntax statement, StatementList scope)
    {
        StatementList list = StatementList.Holding(statement)!.Value;
        IReadOnlyList<StatementSyntax> statements = list.Statements;
        int next = list.IndexOf(statement) + 1;
        return next == statements.Count
            ? list == scope
            : statements[next] is ReturnStatementSyntax { Expression: null or LiteralExpressionSyntax or IdentifierNameSyntax }
                or ThrowStatementSyntax { Expression: null };
    }
}
