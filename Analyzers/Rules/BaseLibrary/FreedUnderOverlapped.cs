using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2007 of a pin under an overlapped operation: one member pins a buffer in a field and starts the operation, whose callback frees the pin when it is over;
/// disposal frees it as well, and has at most asked that the operation be cancelled, which it may outlive.
/// </summary>
internal static class FreedUnderOverlapped
{
    /// <param name="all">The bodies of a type.</param>
    /// <param name="opened">Those of them that make something.</param>
    public static IEnumerable<Diagnostic> In(IReadOnlyList<TypeBody> all, IReadOnlyList<TypeBody> opened)
    {
        foreach (TypeBody starter in opened)
        {
            if (starter.Body is not { } starting || !starting.Has(ResourceKind.Overlapped) || !starting.Has(ResourceKind.Pin) || StartIn(starting) is not { } start)
            {
                continue;
            }

            foreach (IFieldSymbol field in PinnedIn(starting))
            {
                if (all.FirstOrDefault(body => IsCompletion(body.Owner) && ReleasesOf(body, field, byOwner: false).Any()) is not { } callback)
                {
                    continue;
                }

                HashSet<string> told = [.. WrittenIn(starter), .. WrittenIn(callback)];
                told.Remove(field.Name);
                foreach (TypeBody ending in all.Where(static body => TypeMember.Ends(body.Owner) && body.Owner is IMethodSymbol { MethodKind: not MethodKind.Destructor }))
                {
                    if (ReleasesOf(ending, field, byOwner: true).FirstOrDefault() is { } release && !MayKnow(ending, release.Syntax, told))
                    {
                        Location started = Spots.OfCall(start);
                        yield return Diagnostic.Create(
                            ReleasedWhilePending.Words.Possible, Spots.OfRelease(release), new[] { started, Spots.OfCall(ReleasesOf(callback, field, byOwner: false).First()) }, DiagnosticProperties.OfPossible,
                            field.Name, start.TargetMethod.Name, Spots.Line(started));
                    }
                }
            }
        }
    }

    /// <summary>The native call that a body gives an overlapped.</summary>
    private static IInvocationOperation? StartIn(Body body)
    {
        foreach (Fact fact in body.Facts)
        {
            if (fact is { Kind: FactKind.Escape, Departure: Departure.PassedToNative, Operation: IInvocationOperation call } && call.Arguments.Any(static argument => argument.Value.Type is IPointerTypeSymbol { PointedAtType.Name: "NativeOverlapped" }))
            {
                return call;
            }
        }

        return null;
    }

    /// <summary>The fields of the instance that a body puts a pin into.</summary>
    private static IEnumerable<IFieldSymbol> PinnedIn(Body body)
    {
        foreach (Fact fact in body.Facts)
        {
            if (fact is { Kind: FactKind.Assign, Target: >= 0, Source: >= 0, IsHavoc: false } && body.Places.FieldOfThis(fact.Target) is IFieldSymbol { DeclaredAccessibility: Accessibility.Private, Type.Name: "GCHandle" or "MemoryHandle" } field)
            {
                yield return field;
            }
        }
    }

    /// <summary>Whether a member is what the thread pool calls when an overlapped operation is over.</summary>
    private static bool IsCompletion(ISymbol member) =>
        member is IMethodSymbol { Parameters: { Length: 3 } parameters } && parameters[0].Type.SpecialType == SpecialType.System_UInt32 && parameters[2].Type is IPointerTypeSymbol { PointedAtType.Name: "NativeOverlapped" };

    /// <summary>Where a body ends the pin in a field: in its own instance, or in one that it was told of.</summary>
    private static IEnumerable<IInvocationOperation> ReleasesOf(TypeBody body, IFieldSymbol field, bool byOwner) =>
        body.Root.Descendants().OfType<IInvocationOperation>().Where(call =>
            call is { TargetMethod.Name: "Free" or "Dispose", Arguments.IsEmpty: true, Instance: IFieldReferenceOperation { Field: var released, Instance: var of } } && SymbolEqualityComparer.Default.Equals(released, field) && byOwner == of is IInstanceReferenceOperation);

    private static HashSet<string> WrittenIn(TypeBody body) => MemberSyntax.MemberOf(body.Root.Syntax) is { } member ? MemberSyntax.WrittenIn(member) : [];

    /// <summary>Whether disposal may know that the operation is over: it waits, lets others do so, or lets what the start and the callback write decide about the release.</summary>
    private static bool MayKnow(TypeBody ending, SyntaxNode release, HashSet<string> told)
    {
        foreach (IOperation operation in ending.Root.Descendants())
        {
            if (operation is IInvocationOperation { TargetMethod: { IsExtern: false } called } call && call.Syntax != release && call.Syntax.SpanStart < release.SpanStart
                && (!called.DeclaringSyntaxReferences.IsEmpty || called.Name.StartsWith("Cancel", StringComparison.Ordinal) || called.Name.StartsWith("Abort", StringComparison.Ordinal)))
            {
                return true;
            }
        }

        foreach (SyntaxNode node in ending.Root.Syntax.DescendantNodes())
        {
            if (MemberSyntax.MayWait(node) || (node is IdentifierNameSyntax { Identifier.ValueText: var name } && MemberSyntax.SaysWait(name))
                || (node is IfStatementSyntax choice && (choice.Span.Contains(release.Span) || Exits(choice)) && told.Any(one => MemberSyntax.Mentions(choice.Condition, one)))
                || node is ConditionalExpressionSyntax or SwitchStatementSyntax)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Exits(SyntaxNode statement) => statement.DescendantNodes().Any(static node => node is ReturnStatementSyntax or ThrowStatementSyntax);
}
