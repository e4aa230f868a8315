using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2001 of an overlapped structure whose operation tells its end to a callback of the same program: that alone has it then, and does not free it.
/// </summary>
internal sealed class OverlappedKeptByCallback : Rule
{
    public override FactKind[] Reads => [FactKind.Acquire];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Acquire, Operation: IInvocationOperation { Arguments: { Length: > 0 } arguments, Syntax: InvocationExpressionSyntax call } } || findings.Body.Resources[fact.Resource].Kind != ResourceKind.Overlapped
            || call.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is not { Identifier.ValueText: var overlapped } || MemberSyntax.MemberOf(call) is not { } member
            || OverlappedLost.MayBeFreedElsewhere(overlapped, member) || IsFreedOrGivenAway(overlapped, member)
            || CallbackIn(arguments[0].Value) is not { } callback || ParameterOf(callback) is not { } completed || MayFree(callback, completed.Identifier.ValueText))
        {
            return;
        }

        Location told = completed.Identifier.GetLocation();
        findings.Report(
            PinNotReleased.Words, Confidence.Possible, (call, callback), null, Spots.OfCall(fact.Operation), [told], null,
            overlapped, Spots.Line(Spots.OfCall(fact.Operation)), $"the operation completes, as its callback (line {Spots.Line(told)}) does not free it");
    }

    /// <summary>The text of the method or lambda that a delegate is made of.</summary>
    private static SyntaxNode? CallbackIn(IOperation value) => value switch
    {
        IDelegateCreationOperation { Target: IMethodReferenceOperation { Method: { IsExtern: false, IsAbstract: false } method } } => method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(),
        IDelegateCreationOperation { Target: { Syntax: AnonymousFunctionExpressionSyntax lambda } } => lambda,
        _ => null,
    };

    /// <summary>The parameter by which a callback gets the structure: the last of the three.</summary>
    private static ParameterSyntax? ParameterOf(SyntaxNode callback) => callback switch
    {
        MethodDeclarationSyntax { ParameterList.Parameters: { Count: 3 } parameters, Body: not null } => parameters[2],
        LocalFunctionStatementSyntax { ParameterList.Parameters: { Count: 3 } parameters } => parameters[2],
        ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: { Count: 3 } parameters } => parameters[2],
        _ => null,
    };

    /// <summary>Whether the callback does more with the structure than to look at it.</summary>
    private static bool MayFree(SyntaxNode callback, string completed) => callback.DescendantNodes().Any(node =>
        node is IdentifierNameSyntax { Identifier.ValueText: var name } && name == completed && node.Parent switch
        {
            ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: var called } } => MemberSyntax.NameOfCalled(called) is not ("Unpack" or "GetNativeOverlappedState"),
            MemberAccessExpressionSyntax { Parent: not AssignmentExpressionSyntax } => false,
            _ => true,
        });

    /// <summary>
    /// Whether the method that made the structure frees it on a way that goes on, gives it to code of its own, or waits for the operation itself: it asks for its result, or for anything else.
    /// </summary>
    private static bool IsFreedOrGivenAway(string overlapped, MemberDeclarationSyntax member)
    {
        int operations = 0;
        foreach (SyntaxNode node in member.DescendantNodes())
        {
            switch (node)
            {
                case IdentifierNameSyntax { Identifier.ValueText: var waits } when MemberSyntax.SaysWait(waits):
                    return true;
                case ArgumentSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: var name }, Parent.Parent: InvocationExpressionSyntax call } when name == overlapped:
                    bool isNative = member.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } type && IsExternOf(type, MemberSyntax.NameOfCalled(call.Expression));
                    bool isFreed = MemberSyntax.NameOfCalled(call.Expression) is "Free" or "FreeNativeOverlapped";
                    operations += isNative ? 1 : 0;
                    if (operations > 1 || (isFreed ? !LeavesAfter(call) : !isNative && MemberSyntax.NameOfCalled(call.Expression) != "Unpack"))
                    {
                        return true;
                    }

                    break;
            }
        }

        return false;
    }

    private static bool IsExternOf(TypeDeclarationSyntax type, string? name) =>
        type.Members.Any(member => member is MethodDeclarationSyntax method && method.Identifier.ValueText == name && method.Modifiers.Any(static modifier => modifier.ValueText == "extern" || modifier.ValueText == "partial"));

    /// <summary>Whether the block that the statement of a call stands in leaves the method.</summary>
    private static bool LeavesAfter(SyntaxNode call) => call.FirstAncestorOrSelf<BlockSyntax>() is { } block && MemberSyntax.Leaves(block);
}
