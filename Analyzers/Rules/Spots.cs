using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Rules;

/// <summary>Where in the source a finding is shown: the smallest span that names the mistake.</summary>
internal static class Spots
{
    /// <summary>The name of the called member; the whole operation where there is none.</summary>
    public static Location OfCall(IOperation call) => call.Syntax switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Name.GetLocation(),
        InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax binding } => binding.Name.GetLocation(),
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax name } => name.GetLocation(),
        MemberAccessExpressionSyntax access => access.Name.GetLocation(),
        _ => call.Syntax.GetLocation(),
    };

    /// <summary>As <see cref="OfCall"/>, of a call that has no operation at hand.</summary>
    public static Location OfInvocation(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax access ? access.Name.GetLocation() : call.Expression.GetLocation();

    /// <summary>The name that an operation refers to, if it is a plain reference.</summary>
    public static string? NameOf(IOperation operation) => operation.Syntax switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>What is released: the argument, or the receiver of a call without one.</summary>
    public static Location OfRelease(IOperation call) => call.Syntax switch
    {
        InvocationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } => arguments[0].Expression.GetLocation(),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Expression.GetLocation(),
        VariableDeclaratorSyntax declarator => declarator.Identifier.GetLocation(),
        _ => OfCall(call),
    };

    /// <summary>Whether a release is the one that the end of a <c>using</c> brings.</summary>
    public static bool IsAtEndOfScope(IOperation release) => release.Syntax is VariableDeclaratorSyntax or UsingStatementSyntax or LocalDeclarationStatementSyntax;

    /// <summary>Where a resource came from: the call that made it, or the parameter that brought it.</summary>
    public static Location? Origin(Resource resource) =>
        resource.Parameter is { } parameter
            ? parameter.Locations.IsEmpty ? null : parameter.Locations[0]
            : OfCall(resource.Origin);

    public static int Line(Location? location) => location is null ? 0 : location.GetLineSpan().StartLinePosition.Line + 1;

    /// <summary>The statement that leaves, or null where the end of the body is simply reached.</summary>
    public static Location? OfExit(Leaving leaving, ControlFlowGraph graph)
    {
        if (leaving.Returned is { Syntax: var returned })
        {
            return returned.Parent is ReturnStatementSyntax or ThrowStatementSyntax or ThrowExpressionSyntax ? returned.Parent.GetLocation()
                : returned.Parent is ArrowExpressionClauseSyntax ? returned.GetLocation()
                : returned is ThrowStatementSyntax or ThrowExpressionSyntax ? returned.GetLocation()
                : returned.FirstAncestorOrSelf<StatementSyntax>() is ReturnStatementSyntax or ThrowStatementSyntax ? returned.FirstAncestorOrSelf<StatementSyntax>()!.GetLocation()
                : null;
        }

        return Jumps.From(leaving.From, leaving.Kind, graph)?.GetLocation();
    }
}
