using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2007 over the members of a type: disposal releases the buffer of an operation that another member has started and nobody in the type
/// waits for. Only an operation that runs on its own counts: its task is kept in a field or dropped, or it tells its end by a callback.
/// </summary>
internal static class ReleasedByDisposal
{
    public static IEnumerable<Diagnostic> In(TypeRecord record, IReadOnlyList<TypeMember> members, ImmutableDictionary<string, string?> properties)
    {
        HashSet<SyntaxNode> told = [];
        foreach (Deed release in record.Releases)
        {
            if (MemberSyntax.MemberOf(release.Member) is not { } ending || !IsDisposal(release.Member, members) || IsMentionedAsDelegate(release.Member, members))
            {
                continue;
            }

            foreach (Deed loan in record.Loans)
            {
                if (loan.Resource == release.Resource && loan.Member != release.Member && MemberSyntax.MemberOf(loan.Member) is not null && RunsOnItsOwn(loan, members) is { } operation
                    && !record.Releases.Exists(other => other.Resource == loan.Resource && operation.Contains(other.Member))
                    && !MayKnow(release, operation, members) && told.Add(release.Fact.Operation.Syntax))
                {
                    ISymbol? starter = loan.Member.Body.Resources[loan.Fact.Resource].Member;
                    Location started = Spots.OfCall(loan.Fact.Operation);
                    yield return Diagnostic.Create(
                        ReleasedWhilePending.Words.Possible, Spots.OfRelease(release.Fact.Operation), new[] { started, Spots.OfCall(loan.Resource.Origin) }, properties,
                        loan.Resource.Name ?? loan.Resource.Kind.Name, starter is null or IMethodSymbol { MethodKind: MethodKind.DelegateInvoke } ? "operation" : starter.Name, Spots.Line(started));
                }
            }
        }

        foreach (Diagnostic early in FromWorkers(record, members, told, properties))
        {
            yield return early;
        }
    }

    /// <summary>Where disposal releases what a method of the type uses that was started to run beside all others, and does not wait for its end.</summary>
    private static IEnumerable<Diagnostic> FromWorkers(TypeRecord record, IReadOnlyList<TypeMember> members, HashSet<SyntaxNode> told, ImmutableDictionary<string, string?> properties)
    {
        foreach (Deed release in record.Releases)
        {
            if (!IsDisposal(release.Member, members) || IsMentionedAsDelegate(release.Member, members) || release.Fact.Target < 0
                || release.Member.Body.Places[release.Fact.Target].Symbol is not IFieldSymbol { IsStatic: false } field)
            {
                continue;
            }

            foreach (TypeMember worker in members)
            {
                if (worker == release.Member || worker.EndsInstance || worker.Method is not { DeclaredAccessibility: Accessibility.Private, Parameters.Length: <= 1 } method || !Mentions(worker, field.Name))
                {
                    continue;
                }

                foreach (TypeMember starter in members)
                {
                    if (StartOf(method.Name, starter, out string? task) is { } start && !MayKnow(release, new Running([worker, starter], task), members) && told.Add(release.Fact.Operation.Syntax))
                    {
                        yield return Diagnostic.Create(
                            ReleasedWhilePending.Words.Possible, Spots.OfRelease(release.Fact.Operation), new[] { start, Spots.OfCall(release.Resource.Origin) }, properties,
                            field.Name, method.Name, Spots.Line(start));
                    }
                }
            }
        }
    }

    /// <summary>Where a member starts a method to run on its own, and the field that has its task.</summary>
    private static Location? StartOf(string method, TypeMember starter, out string? task)
    {
        foreach (SyntaxNode node in MemberSyntax.MemberOf(starter)?.DescendantNodes() ?? [])
        {
            if (node is ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax { Identifier.ValueText: "Thread" }, ArgumentList.Arguments: { Count: > 0 } run } thread
                && MemberSyntax.NameOf(run[0].Expression) == method && WayOf(thread, out task) == Way.Kept)
            {
                return thread.GetLocation();
            }

            if (node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var on, Name.Identifier.ValueText: "Run" or "StartNew" }, ArgumentList.Arguments: { Count: > 0 } arguments } call
                && (on.ToString() == "Task" || on.ToString() == "Task.Factory") && MemberSyntax.NameOf(arguments[0].Expression) == method && WayOf(call, out task) is Way.Kept or Way.Dropped)
            {
                return call.GetLocation();
            }
        }

        task = null;
        return null;
    }

    /// <summary>An operation of a type that nobody awaits where it is started.</summary>
    /// <param name="Parts">The members that start it, go on with it and are called by it.</param>
    /// <param name="Task">The name of the field that has its task, or null where that was dropped.</param>
    private sealed record Running(List<TypeMember> Parts, string? Task)
    {
        public bool Contains(TypeMember member) => Parts.Contains(member);
    }

    /// <summary>Whether the member ends the instance, or is called by what does and by nothing else that the type keeps to itself.</summary>
    private static bool IsDisposal(TypeMember member, IReadOnlyList<TypeMember> members) =>
        member.EndsInstance || (member.Method is { DeclaredAccessibility: Accessibility.Private } method && members.Any(other => other.EndsInstance && Mentions(other, method.Name)));

    private static Running? RunsOnItsOwn(Deed loan, IReadOnlyList<TypeMember> members)
    {
        if (loan.Fact.IsSignalled)
        {
            return loan.Fact.Operation is IInvocationOperation call && CompletionOf(call, members) is { } callback ? new Running([loan.Member, callback], null) : null;
        }

        switch (WayOf(loan.Fact.Operation.Syntax, out string? field))
        {
            case Way.Kept or Way.Dropped:
                return new Running([loan.Member], field);
            case Way.Awaited or Way.Returned when loan.Member.Method is { DeclaredAccessibility: Accessibility.Private } method:
                // The member is the operation, then: it runs as long as the buffer is used, and who calls it has its task.
                foreach (TypeMember caller in members)
                {
                    foreach (InvocationExpressionSyntax start in caller == loan.Member ? [] : CallsOf(caller, method.Name))
                    {
                        if (WayOf(start, out field) is Way.Kept or Way.Dropped)
                        {
                            return new Running([loan.Member, caller], field);
                        }
                    }
                }

                return null;
            default:
                return null;
        }
    }

    /// <summary>The method of the type that tells the end of a call that goes on after it has returned: it takes no item, at most how it went.</summary>
    private static TypeMember? CompletionOf(IInvocationOperation call, IReadOnlyList<TypeMember> members)
    {
        bool isSomebodyElses = call.TargetMethod.MethodKind == MethodKind.DelegateInvoke || call.TargetMethod.IsAbstract;
        foreach (IArgumentOperation argument in isSomebodyElses ? call.Arguments : ImmutableArray<IArgumentOperation>.Empty)
        {
            if (argument.Value is IDelegateCreationOperation { Target: IMethodReferenceOperation { Method: { ReturnsVoid: true } callback } } && callback.Parameters.All(static parameter => TellsHowItWent(parameter.Type)))
            {
                return members.FirstOrDefault(member => SymbolEqualityComparer.Default.Equals(member.Symbol, callback.OriginalDefinition));
            }
        }

        return null;
    }

    private static bool TellsHowItWent(ITypeSymbol type) =>
        type.TypeKind is TypeKind.Enum or TypeKind.Pointer || type.SpecialType is SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Boolean or SpecialType.System_Object
        || type.Name is "Exception" or "IAsyncResult" or "Task" or "SocketAsyncEventArgs";

    private enum Way
    {
        Unknown,
        Awaited,
        Returned,
        Kept,
        Dropped,
    }

    /// <summary>What becomes of the task of a call.</summary>
    private static Way WayOf(SyntaxNode call, out string? field)
    {
        field = null;
        SyntaxNode node = call;
        while (node.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax
            || (node.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "AsTask" or "Preserve" } access && access.Expression == node)
            || (node.Parent is InvocationExpressionSyntax invocation && invocation.Expression == node))
        {
            node = node.Parent;
        }

        switch (node.Parent)
        {
            case AwaitExpressionSyntax:
                return Way.Awaited;
            case ReturnStatementSyntax:
                return Way.Returned;
            case ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax { ReturnType: var returned } }:
                return returned is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword } ? Way.Dropped : Way.Returned;
            case ExpressionStatementSyntax:
                return Way.Dropped;
            case AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } }:
                return Way.Dropped;
            case AssignmentExpressionSyntax assignment when assignment.Right == node && NameOf(assignment.Left) is { } name && name.Length > 0:
                field = name;
                bool isField = node.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.Members.Any(member => member switch
                {
                    FieldDeclarationSyntax declared => declared.Declaration.Variables.Any(variable => variable.Identifier.ValueText == name),
                    PropertyDeclarationSyntax property => property.Identifier.ValueText == name,
                    _ => false,
                }) == true;
                return isField ? Way.Kept : Way.Unknown;
            default:
                return Way.Unknown;
        }
    }

    private static string? NameOf(ExpressionSyntax target) => target switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name.Identifier.ValueText: var name } => name,
        _ => null,
    };

    /// <summary>
    /// Whether disposal, or what it calls and what calls it, may know that the operation is over: it looks at the task or at anything that the operation
    /// writes, or it waits for whatever it is.
    /// </summary>
    private static bool MayKnow(Deed deed, Running operation, IReadOnlyList<TypeMember> members)
    {
        TypeMember release = deed.Member;
        HashSet<string> told = new(StringComparer.Ordinal);
        if (operation.Task is { } task)
        {
            told.Add(task);
        }

        foreach (TypeMember part in operation.Parts)
        {
            foreach (SyntaxNode node in MemberSyntax.MemberOf(part)?.DescendantNodes() ?? [])
            {
                string? written = node switch
                {
                    AssignmentExpressionSyntax assignment when WayOf(assignment.Right, out _) != Way.Kept || operation.Task is null => NameOf(assignment.Left),
                    PostfixUnaryExpressionSyntax { Operand: var operand } when !node.IsKind(SyntaxKind.SuppressNullableWarningExpression) => NameOf(operand),
                    PrefixUnaryExpressionSyntax { Operand: var operand } when node.IsKind(SyntaxKind.PreIncrementExpression) || node.IsKind(SyntaxKind.PreDecrementExpression) => NameOf(operand),
                    ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword, Expression: var passed } => NameOf(passed),

                    // What is called on a field may signal it.
                    MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax, Name.Identifier.ValueText: "Set" or "Release" or "Signal" or "SetResult" or "TrySetResult" or "Cancel" or "Exit" or "Decrement" or "Complete", Expression: var signalled } => NameOf(signalled),
                    _ => null,
                };
                if (written is not null)
                {
                    told.Add(written);
                }
            }
        }

        if (operation.Task is { } awaited && members.Any(member => AwaitsBefore(member, release, awaited)))
        {
            return true;
        }

        foreach (TypeMember member in members)
        {
            bool isConcerned = member == release
                || (release.Method is { } method && member.EndsInstance && Mentions(member, method.Name))
                || (member.Method is { MethodKind: MethodKind.Ordinary } called && Mentions(release, called.Name));
            foreach (SyntaxNode node in isConcerned ? MemberSyntax.MemberOf(member)?.DescendantNodes() ?? [] : [])
            {
                // What comes after the release comes too late.
                if (member == release && node.SpanStart > deed.Fact.Operation.Syntax.Span.End && !node.Ancestors().Any(inner => inner is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax && inner.Span.Contains(deed.Fact.Operation.Syntax.Span)))
                {
                    continue;
                }

                if (IsGivenUp(node))
                {
                    // It goes on whether what it has waited for is over or not.
                    continue;
                }

                if (MemberSyntax.MayWait(node)
                    || (node is IdentifierNameSyntax { Identifier.ValueText: var name } && (told.Contains(name) || Waits(name))))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// Whether a member that ends the instance itself has awaited the task by then, whatever happens: straight on, or in a <c>finally</c> of its own where
    /// the release stands in one.
    /// </summary>
    private static bool AwaitsBefore(TypeMember member, TypeMember release, string task)
    {
        if (member == release || release.Method is not { } method || MemberSyntax.MemberOf(member) is not { } syntax)
        {
            return false;
        }

        foreach (InvocationExpressionSyntax call in CallsOf(member, method.Name))
        {
            SyntaxNode? handler = call.Ancestors().FirstOrDefault(static node => node is FinallyClauseSyntax or CatchClauseSyntax);
            foreach (SyntaxNode node in syntax.DescendantNodes())
            {
                if (node is AwaitExpressionSyntax { Expression: var waited } && node.SpanStart < call.SpanStart && MemberSyntax.Mentions(waited, task)
                    && (handler?.Parent is not TryStatementSyntax tried || !tried.Block.Span.Contains(node.Span) || node.Ancestors().Any(around => around is FinallyClauseSyntax && tried.Block.Span.Contains(around.Span))))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether a name stands in a wait that ends after some time, whatever is the case then, as nobody looks at what it says.</summary>
    private static bool IsGivenUp(SyntaxNode node)
    {
        ExpressionSyntax? wait = node.FirstAncestorOrSelf<StatementSyntax>() is ExpressionStatementSyntax { Expression: var whole } ? whole : null;
        InvocationExpressionSyntax? call = (wait is ConditionalAccessExpressionSyntax access ? access.WhenNotNull : wait) as InvocationExpressionSyntax;
        return node is IdentifierNameSyntax && call is { ArgumentList.Arguments: { Count: 1 } arguments } && MemberSyntax.NameOfCalled(call.Expression) is "Join" or "Wait" or "WaitOne" && IsTime(arguments[0].Expression);
    }

    /// <summary>Whether a wait with the argument comes to an end by itself: not one that has no limit, nor one that only somebody else can end.</summary>
    private static bool IsTime(ExpressionSyntax argument) => argument switch
    {
        LiteralExpressionSyntax => true,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "TimeSpan" } } } => true,
        _ => MemberSyntax.NameOf(argument) is { } name && (name.EndsWith("imeout", StringComparison.Ordinal) || name.EndsWith("illiseconds", StringComparison.Ordinal) || name.EndsWith("Ms", StringComparison.Ordinal)),
    };

    private static bool Waits(string name) => MemberSyntax.SaysWait(name) || name is "Flush" or "FlushAsync" or "Enter" or "ContinueWith";

    private static bool IsMentionedAsDelegate(TypeMember member, IReadOnlyList<TypeMember> members)
    {
        if (member.EndsInstance || member.Method is not { } method)
        {
            return false;
        }

        foreach (TypeMember other in members)
        {
            foreach (SyntaxNode node in MemberSyntax.MemberOf(other)?.DescendantNodes() ?? [])
            {
                if (node is IdentifierNameSyntax { Identifier.ValueText: var name } identifier && name == method.Name && identifier.Parent is not InvocationExpressionSyntax && identifier.Parent is not MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax })
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Mentions(TypeMember member, string name) =>
        (MemberSyntax.MemberOf(member)?.DescendantNodes() ?? []).Any(node => node is IdentifierNameSyntax identifier && identifier.Identifier.ValueText == name);

    private static IEnumerable<InvocationExpressionSyntax> CallsOf(TypeMember member, string name)
    {
        foreach (SyntaxNode node in MemberSyntax.MemberOf(member)?.DescendantNodes() ?? [])
        {
            if (node is InvocationExpressionSyntax { Expression: var called } call && NameOf(called) == name)
            {
                yield return call;
            }
        }
    }
}
