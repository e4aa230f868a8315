using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2007 of a socket's event arguments: the buffer that they were given is released where the call that started the operation says, or would say, that it
/// goes on.
/// </summary>
internal sealed class ReleasedUnderArguments : Rule
{
    /// <summary>The calls of the body that give event arguments a buffer, and those that may start an operation with them: found once, for the first release.</summary>
    private List<IInvocationOperation>? _given, _started;

    public override FactKind[] Reads => [FactKind.Release];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is not { Kind: FactKind.Release, Operation: IInvocationOperation release } || ReleasedBy(release) is not { } buffer)
        {
            return;
        }

        if (_given is null || _started is null)
        {
            Find(findings.Body);
        }

        if (_given!.Count == 0 || !before.Paths.Any(path => Transfer.Released(fact, path, findings.Body) is { Count: > 0 } released && findings.Body.Resources[released[0].Resource].Kind is var kind && (kind == ResourceKind.Rental || kind == ResourceKind.Owner)))
        {
            return;
        }

        foreach (IInvocationOperation given in _given)
        {
            if (SymbolOf(given.Instance) is not { } arguments || given.Arguments.Length == 0 || !Mentions(given.Arguments[0].Value, buffer))
            {
                continue;
            }

            foreach (IInvocationOperation start in _started!)
            {
                if (Same(SymbolOf(start.Arguments[0].Value), arguments) && start.Syntax.SpanStart > given.Syntax.SpanStart && GoesOn(start.Syntax, release.Syntax)
                    && !_given.Exists(other => Same(SymbolOf(other.Instance), arguments) && other.Syntax.SpanStart > start.Syntax.SpanStart && other.Syntax.SpanStart < release.Syntax.SpanStart))
                {
                    findings.Report(
                        ReleasedWhilePending.Words, Confidence.Possible, (release.Syntax, start.Syntax), fact, Spots.OfRelease(release), [Spots.OfCall(start)], null,
                        buffer.Name, start.TargetMethod.Name, Spots.Line(Spots.OfCall(start)));
                    return;
                }
            }
        }
    }

    private void Find(Body body)
    {
        (_given, _started) = ([], []);
        foreach (IOperation operation in body.Flow.OriginalOperation.Descendants())
        {
            if (operation is not IInvocationOperation call)
            {
                continue;
            }

            if (IsOfSocket(call, "SetBuffer", "SocketAsyncEventArgs"))
            {
                _given.Add(call);
            }
            else if (call.Arguments.Length == 1 && call.Type?.SpecialType == SpecialType.System_Boolean && IsOfSocket(call, null, "Socket"))
            {
                _started.Add(call);
            }
        }
    }

    private static bool IsOfSocket(IInvocationOperation call, string? name, string type) =>
        (name is null ? call.TargetMethod.Name.EndsWith("Async", StringComparison.Ordinal) && call.TargetMethod.Parameters is { Length: 1 } parameters && parameters[0].Type.Name == "SocketAsyncEventArgs" : call.TargetMethod.Name == name)
        && call.TargetMethod.ContainingType is { ContainingNamespace.Name: "Sockets" } declaring && declaring.Name == type;

    private static ISymbol? ReleasedBy(IInvocationOperation release) => SymbolOf(release.Instance) is { } receiver && release.Arguments.IsEmpty ? receiver : release.Arguments.Length > 0 ? SymbolOf(release.Arguments[0].Value) : null;

    private static ISymbol? SymbolOf(IOperation? value) => value switch
    {
        IConversionOperation { Operand: var operand } => SymbolOf(operand),
        ILocalReferenceOperation { Local: var local } => local,
        IParameterReferenceOperation { Parameter: var parameter } => parameter,
        IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation, Field: var field } => field,
        _ => null,
    };

    private static bool Same(ISymbol? one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one, other);

    private static bool Mentions(IOperation value, ISymbol symbol) => value.DescendantsAndSelf().Any(inner => Same(SymbolOf(inner), symbol));

    /// <summary>Whether the release is reached from the call also where the operation was only started, with nothing in between that could wait for its end.</summary>
    private static bool GoesOn(SyntaxNode start, SyntaxNode release)
    {
        SyntaxNode? member = MemberSyntax.MemberOf(start);
        bool isLast = release.FirstAncestorOrSelf<FinallyClauseSyntax>() is { Parent: TryStatementSyntax tried } && tried.Block.Span.Contains(start.Span);
        if (member is null || release.SpanStart < start.SpanStart || start.Ancestors().TakeWhile(node => node != member).Any(static node => node is LambdaExpressionSyntax or LocalFunctionStatementSyntax)
            || member.DescendantNodes().Any(node => node.SpanStart > start.SpanStart && node.SpanStart < release.SpanStart && MayEnd(node)))
        {
            return false;
        }

        // What is done where the operation has ended already comes back to the same way; what is done where it goes on may leave.
        SyntaxNode value = start;
        bool isDenied = false;
        while (value.Parent is ParenthesizedExpressionSyntax or PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression })
        {
            value = value.Parent;
            isDenied ^= value is PrefixUnaryExpressionSyntax;
        }

        return value.Parent switch
        {
            ExpressionStatementSyntax => true,
            IfStatementSyntax choice when choice.Condition == value => isDenied
                ? !choice.Statement.Span.Contains(release.Span) && (isLast || choice.Else is not { Statement: var otherwise } || !Exits(otherwise))
                : choice.Statement.Span.Contains(release.Span) || isLast || (choice.Else?.Span.Contains(release.Span) != true && !Exits(choice.Statement)),
            _ => false,
        };
    }

    private static bool Exits(SyntaxNode statement) =>
        statement.DescendantNodesAndSelf().Any(static node => node is ReturnStatementSyntax or ThrowStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax);

    /// <summary>Whether control may stay at a node until the operation has ended, or somebody is asked whether it has.</summary>
    private static bool MayEnd(SyntaxNode node) =>
        node is AwaitExpressionSyntax or WhileStatementSyntax or DoStatementSyntax || (node is IdentifierNameSyntax { Identifier.ValueText: var name } && (MemberSyntax.SaysWait(name) || name is "Close" or "Shutdown" or "Dispose" or "Cancel"));
}
