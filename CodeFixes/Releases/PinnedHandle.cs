using BufferLifetime.Analyzers.Symbols;
using BufferLifetime.CodeFixes.Modes;
using BufferLifetime.CodeFixes.Pages;
using BufferLifetime.CodeFixes.Repairs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace BufferLifetime.CodeFixes.Releases;

/// <summary>
/// A pinned <c>GCHandle</c> becomes a <c>PinnedGCHandle</c>, which knows the type of what it pins and is held by <c>using</c>: the framework
/// must have it, and what is pinned must be an array or a string, whose address it gives as what it is.
/// </summary>
internal sealed class PinnedHandle() : Repair(NotReleasedFix.PinnedHandleKey)
{
    private const string Interop = "System.Runtime.InteropServices.";
    private const string Handle = Interop + "PinnedGCHandle`1";

    public override IEnumerable<Proposal> Propose(Report report, SemanticModel model, CancellationToken cancellationToken)
    {
        if (Acquisition.CallAt(report.Spot) is not
            {
                ArgumentList.Arguments: { Count: 2 } arguments,
                Parent: EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax declaration } } declarator },
            } call
            || model.Compilation.GetTypeByMetadataName(Handle) is not { } pinned
            || model.GetSymbolInfo(call, cancellationToken).Symbol is not IMethodSymbol { Name: "Alloc" } method
            || MetadataNames.Of(method.ContainingType) != Interop + "GCHandle"
            || model.GetConstantValue(arguments[1].Expression, cancellationToken).Value is not 3
            || model.GetDeclaredSymbol(declarator, cancellationToken) is not ILocalSymbol variable
            || HeldByUsing.Of(call, model) is not { } held
            || AddressOf(model.GetTypeInfo(arguments[0].Expression, cancellationToken).Type) is not var (type, getter))
        {
            yield break;
        }

        List<(ExpressionSyntax Address, IdentifierNameSyntax Name)> addresses = [];
        foreach (IdentifierNameSyntax name in Views.NamesOf(variable, declaration.Parent!, model))
        {
            switch (name.Parent)
            {
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AddrOfPinnedObject", Parent: InvocationExpressionSyntax address }:
                    addresses.Add((address, name));
                    break;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsAllocated" or "Target" or "Free" }:
                    break;
                default:
                    yield break;
            }
        }

        SyntaxNode root = held.Apply(model.SyntaxTree.GetRoot(cancellationToken).TrackNodes([.. held.Tracked, .. addresses.Select(address => address.Address)]));
        string handle = pinned.Construct(type).ToMinimalDisplayString(model, declaration.SpanStart);
        root = root.ReplaceNodes(
            addresses.Select(address => root.GetCurrentNode(address.Address)!),
            (_, address) => SyntaxFactory.ParseExpression($"(nint){Names.Written(variable.Name)}.{getter}()").WithTriviaFrom(address).WithAdditionalAnnotations(Formatter.Annotation));
        LocalDeclarationStatementSyntax current = root.GetCurrentNode(declaration)!;
        ExpressionSyntax creation = SyntaxFactory.ParseExpression($"new {handle}({arguments[0].Expression.WithoutTrivia()})");
        LocalDeclarationStatementSyntax typed = current.ReplaceNode(current.Declaration.Variables[0].Initializer!.Value, creation);
        if (!typed.Declaration.Type.IsVar)
        {
            typed = typed.ReplaceNode(typed.Declaration.Type, SyntaxFactory.ParseTypeName(handle).WithTriviaFrom(typed.Declaration.Type));
            typed = typed.ReplaceNode(typed.Declaration.Variables[0].Initializer!.Value, SyntaxFactory.ParseExpression($"new({arguments[0].Expression.WithoutTrivia()})"));
        }

        yield return new Proposal($"Pin with '{handle}', held by 'using'", root.ReplaceNode(current, typed));
    }

    /// <summary>The type of what is pinned, and what gives its address.</summary>
    private static (ITypeSymbol Type, string Getter)? AddressOf(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol { IsSZArray: true } => (type.WithNullableAnnotation(NullableAnnotation.NotAnnotated), "GetAddressOfArrayData"),
        { SpecialType: SpecialType.System_String } => (type.WithNullableAnnotation(NullableAnnotation.NotAnnotated), "GetAddressOfStringData"),
        _ => null,
    };
}
