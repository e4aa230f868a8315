using BufferLifetime.CodeFixes.Pages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.CodeFixes.Modes;

/// <summary>An iterator asked for the mode that its pages will be extracted in.</summary>
/// <param name="Node">The whole question: <c>x.ExtractWillPin</c> or <c>x.ExtractMode()</c>.</param>
/// <param name="Asked">Who is asked.</param>
internal sealed record ModeQuestion(ExpressionSyntax Node, ExpressionSyntax Asked)
{
    private const string Mode = "BufferLifetime.ExtractMode";

    private bool IsOfMode => Node is InvocationExpressionSyntax;

    public static ModeQuestion? At(SyntaxNode spot) => spot is not SimpleNameSyntax { Parent: MemberAccessExpressionSyntax access } name || access.Name != name ? null
        : (name.Identifier.ValueText, access.Parent) switch
        {
            ("ExtractWillPin", _) => new ModeQuestion(access, access.Expression),
            ("ExtractMode", InvocationExpressionSyntax call) when call.Expression == access => new ModeQuestion(call, access.Expression),
            _ => null,
        };

    /// <summary>The local that holds an extraction, or its result, and remembers the mode of it.</summary>
    public static ILocalSymbol? Remembering(SyntaxNode? extraction, SemanticModel model)
    {
        ExpressionSyntax? value = Acquisition.CallAt(extraction);
        return value?.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator }
            && model.GetDeclaredSymbol(declarator) is ILocalSymbol local
            && Remembers(local.Type)
                ? local
                : null;
    }

    /// <summary>Who converted the iterator that is asked: <c>kept</c> for <c>kept.Iter</c>, and for a variable that is given it.</summary>
    public ExpressionSyntax? Converter(SemanticModel model)
    {
        ExpressionSyntax asked = Asked;
        if (asked is IdentifierNameSyntax
            && model.GetSymbolInfo(asked).Symbol is ILocalSymbol { DeclaringSyntaxReferences: { Length: 1 } references }
            && references[0].GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: var given })
        {
            asked = given;
        }

        return asked is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Iter", Expression: IdentifierNameSyntax converter }
            && model.GetTypeInfo(converter).Type is { } type && Remembers(type)
                ? converter
                : null;
    }

    /// <summary>The tree with the question answered by who remembers.</summary>
    public SyntaxNode AnsweredBy(string remembering, SyntaxNode root, SemanticModel model)
    {
        if (IsOfMode)
        {
            return root.ReplaceNode(Node, SyntaxFactory.ParseExpression(remembering + ".Mode").WithTriviaFrom(Node));
        }

        string pin = PageApi.NameOf(Mode, model, Node) + ".Pin";
        bool isDenied = Node.Parent is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression };
        ExpressionSyntax replaced = isDenied ? (ExpressionSyntax)Node.Parent! : Node;
        ExpressionSyntax answer = SyntaxFactory.ParseExpression($"{remembering}.Mode {(isDenied ? "!=" : "==")} {pin}");
        if (replaced.Parent is BinaryExpressionSyntax { RawKind: not ((int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression) }
            or PrefixUnaryExpressionSyntax or IsPatternExpressionSyntax or CastExpressionSyntax or MemberAccessExpressionSyntax or SwitchExpressionSyntax)
        {
            answer = SyntaxFactory.ParenthesizedExpression(answer);
        }

        return root.ReplaceNode(replaced, answer.WithTriviaFrom(replaced));
    }

    /// <summary>The tree with the question asked of another iterator.</summary>
    public SyntaxNode AskedOf(string iterator, SyntaxNode root) =>
        root.ReplaceNode(Asked, SyntaxFactory.IdentifierName(iterator).WithTriviaFrom(Asked));

    private static bool Remembers(ITypeSymbol type) =>
        type.GetMembers("Mode").Any(static member => member is IPropertySymbol { Type.Name: "ExtractMode" });
}
