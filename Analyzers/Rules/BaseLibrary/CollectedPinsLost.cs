using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2001 over collections: pins are put into a local array or list one by one and released from it in a loop, which a statement in between
/// leaves out.
/// </summary>
internal sealed class CollectedPinsLost : Rule
{
    private readonly Collecting _collecting = new();

    public override FactKind[] Reads => [FactKind.Escape, FactKind.Acquire, FactKind.Use];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Escape, Departure: Departure.PassedToNative, Operation.Syntax: InvocationExpressionSyntax native })
        {
            _native.Add(native);
            return;
        }

        if (_inFields.Count > 0 && fact.Kind == FactKind.Use && Checks.CallAt(fact) is { } check && !_checks.Contains(check))
        {
            _checks.Add(check);
        }

        if (fact is not { Kind: FactKind.Acquire, Operation.Syntax: InvocationExpressionSyntax call } || !findings.Body.Resources[fact.Resource].Kind.IsHandle
            || MemberSyntax.MemberOf(call) is not { } member || _collecting.CollectionOf(call) is not { } collection)
        {
            return;
        }

        if (findings.Body.Owner is IMethodSymbol { ContainingType: { } type } && type.GetMembers(collection).Any(static m => m is IFieldSymbol { DeclaredAccessibility: Accessibility.Private, IsStatic: false }))
        {
            _inFields.Add((findings.Body.Resources[fact.Resource], call, collection));
            return;
        }

        if (!IsOfBody(collection, member) || ReleaseLoop(collection, call, member) is not { } loop
            || IsSure(loop) || LeavesTheBody(collection, member))
        {
            return;
        }

        foreach (SyntaxNode node in member.DescendantNodes())
        {
            if (node is ReturnStatementSyntax or ThrowStatementSyntax && node.SpanStart > call.Span.End && node.Span.End < loop.SpanStart && !IsInCatch(node) && !ReleasesBefore((StatementSyntax)node))
            {
                Resource resource = findings.Body.Resources[fact.Resource];
                findings.Report(
                    PinNotReleased.Words, Confidence.Possible, (call, collection), null, Spots.OfCall(fact.Operation), [node.GetLocation()], null,
                    collection, Spots.Line(Spots.Origin(resource)), $"the {(node is ThrowStatementSyntax ? "throw" : "return")} at line {Spots.Line(node.GetLocation())} is reached");
                return;
            }
        }
    }

    private readonly List<InvocationExpressionSyntax> _native = [];

    /// <summary>Calls that are given something and may throw for it.</summary>
    private readonly List<IInvocationOperation> _checks = [];
    private readonly List<(Resource Resource, InvocationExpressionSyntax Call, string Collection)> _inFields = [];

    /// <summary>
    /// Pins that go into a collection of the type, from where the end of the operation takes them: where the operation could not be started, that end never
    /// comes.
    /// </summary>
    public override void OnEnd(Findings findings)
    {
        foreach ((Resource resource, InvocationExpressionSyntax call, string collection) in _inFields)
        {
            if (MemberSyntax.MemberOf(call) is not MethodDeclarationSyntax member || findings.Body.Owner is not { ContainingType: { } type } || ReleasersOf(collection, type) is not { Count: > 0 } releasers
                || releasers.Any(name => MemberSyntax.Mentions(member, name)) || MemberSyntax.MembersOf(type).Any(other => EndsInstance(other) && (ReleasesElements(other, collection) || releasers.Any(name => MemberSyntax.Mentions(other, name)))))
            {
                continue;
            }

            foreach ((StatementSyntax leaving, Location location, string who) in FailedStartsIn(member, call))
            {
                if (!ReleasesBefore(leaving))
                {
                    findings.Report(
                        PinNotReleased.Words, Confidence.Possible, (call, collection), null, Spots.OfInvocation(call), [location], null,
                        collection, Spots.Line(Spots.Origin(resource)), who);
                    break;
                }
            }
        }
    }

    /// <summary>The statements after the pin that leave the method because the native call has failed: by a throw, or by a method that throws for them.</summary>
    private IEnumerable<(StatementSyntax Leaving, Location Location, string Who)> FailedStartsIn(MemberDeclarationSyntax member, InvocationExpressionSyntax pin)
    {
        foreach (ThrowStatementSyntax thrown in member.DescendantNodes().OfType<ThrowStatementSyntax>())
        {
            if (thrown.SpanStart > pin.Span.End && thrown.FirstAncestorOrSelf<IfStatementSyntax>() is { } failed && failed.SpanStart > pin.Span.End && TestsStart(failed.Condition, member, pin))
            {
                yield return (thrown, thrown.GetLocation(), $"the throw at line {Spots.Line(thrown.GetLocation())} is reached");
            }
        }

        foreach (IInvocationOperation check in _checks)
        {
            if (check.Syntax.SpanStart > pin.Span.End && MemberSyntax.MemberOf(check.Syntax) == member && check.Syntax.FirstAncestorOrSelf<StatementSyntax>() is { } leaving
                && Checks.CheckedBy(check)?.Syntax is ExpressionSyntax status && TestsStart(status, member, pin))
            {
                yield return (leaving, Spots.OfCall(check), $"'{check.TargetMethod.Name}' throws at line {Spots.Line(Spots.OfCall(check))}, as the operation has not begun then");
            }
        }
    }

    /// <summary>Whether a condition asks how a native call went that comes after the pin.</summary>
    private bool TestsStart(ExpressionSyntax condition, MemberDeclarationSyntax member, InvocationExpressionSyntax pin) => _native.Exists(start =>
        start.SpanStart > pin.Span.End && MemberSyntax.MemberOf(start) == member
        && (condition.Span.Contains(start.Span) || (start.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is { Identifier.ValueText: var local } && MemberSyntax.Mentions(condition, local))
            || (start.Parent is AssignmentExpressionSyntax { Left: var target } && MemberSyntax.NameOf(target) is { } name && MemberSyntax.Mentions(condition, name))));

    /// <summary>The methods of the type that release every element, and those that call them.</summary>
    private static HashSet<string> ReleasersOf(string collection, INamedTypeSymbol type)
    {
        HashSet<string> releasers = new(StringComparer.Ordinal);
        for (int before = -1; before != releasers.Count;)
        {
            before = releasers.Count;
            foreach (MethodDeclarationSyntax method in MemberSyntax.MembersOf(type).OfType<MethodDeclarationSyntax>())
            {
                if (ReleasesElements(method, collection) || releasers.Any(name => MemberSyntax.Mentions(method, name)))
                {
                    releasers.Add(method.Identifier.ValueText);
                }
            }
        }

        return releasers;
    }

    private static bool ReleasesElements(MemberDeclarationSyntax member, string collection) => member.DescendantNodes().Any(node => node switch
    {
        ForEachStatementSyntax loop => MemberSyntax.NameOf(loop.Expression) == collection && Releases(loop.Statement),
        ForStatementSyntax loop => MemberSyntax.Mentions(loop.Statement, collection) && Releases(loop.Statement),
        _ => false,
    });

    private static bool EndsInstance(MemberDeclarationSyntax member) => member is DestructorDeclarationSyntax || MemberSyntax.IsDisposal(member);

    /// <summary>Whether the name is that of a local which the body makes a collection for.</summary>
    private static bool IsOfBody(string name, MemberDeclarationSyntax member) =>
        member.DescendantNodes().Any(node => node is VariableDeclaratorSyntax { Initializer.Value: ArrayCreationExpressionSyntax or BaseObjectCreationExpressionSyntax or CollectionExpressionSyntax } local && local.Identifier.ValueText == name);

    /// <summary>The loop after the acquisition that releases every element.</summary>
    private static StatementSyntax? ReleaseLoop(string collection, SyntaxNode acquisition, MemberDeclarationSyntax member)
    {
        foreach (SyntaxNode node in member.DescendantNodes())
        {
            if (node.SpanStart > acquisition.SpanStart && node switch
            {
                ForEachStatementSyntax loop => MemberSyntax.NameOf(loop.Expression) == collection && Releases(loop.Statement),
                ForStatementSyntax loop => MemberSyntax.Mentions(loop.Statement, collection) && Releases(loop.Statement),
                _ => false,
            })
            {
                return (StatementSyntax)node;
            }
        }

        return null;
    }

    private static bool Releases(SyntaxNode node) => node.DescendantNodesAndSelf().Any(static inner =>
        inner is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Free" or "Dispose" or "FreeHGlobal" or "FreeCoTaskMem" } });

    /// <summary>Whether the loop runs however the statements before it are left.</summary>
    private static bool IsSure(SyntaxNode loop) => loop.FirstAncestorOrSelf<FinallyClauseSyntax>() is not null || IsInCatch(loop);

    private static bool IsInCatch(SyntaxNode node) => node.FirstAncestorOrSelf<CatchClauseSyntax>() is not null;

    /// <summary>Whether what leaves is in a block that releases something before, or is in a try that does so on the way out.</summary>
    private static bool ReleasesBefore(StatementSyntax leaving)
    {
        if (leaving.Parent is BlockSyntax block && block.Statements.Any(statement => statement.SpanStart < leaving.SpanStart && statement is not ForStatementSyntax { } && CallsSomethingThatReleases(statement)))
        {
            return true;
        }

        return leaving.Ancestors().Any(static node => node is TryStatementSyntax { Finally: { } last } && CallsSomethingThatReleases(last))
            || leaving.Ancestors().Any(static node => node is TryStatementSyntax { Catches: { Count: > 0 } catches } && catches.Any(static handler => CallsSomethingThatReleases(handler)))
            || leaving.FirstAncestorOrSelf<LocalFunctionStatementSyntax>() is not null || leaving.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>() is not null;
    }

    private static bool CallsSomethingThatReleases(SyntaxNode node) => node.DescendantNodesAndSelf().Any(static inner =>
        inner is InvocationExpressionSyntax { Expression: var called } && (called as MemberAccessExpressionSyntax)?.Name.Identifier.ValueText is var member
        && (member ?? (called as IdentifierNameSyntax)?.Identifier.ValueText) is { } name && WordsOfRelease.Any(word => name.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0));

    private static readonly string[] WordsOfRelease = ["free", "dispose", "release", "unpin", "clean", "close", "foreach"];

    /// <summary>Whether somebody else may release what is in the collection: it is returned, stored, passed on or captured.</summary>
    private static bool LeavesTheBody(string collection, MemberDeclarationSyntax member)
    {
        foreach (SyntaxNode node in member.DescendantNodes())
        {
            if (node is not IdentifierNameSyntax { Identifier.ValueText: var name } || name != collection)
            {
                continue;
            }

            bool stays = node.Parent is ElementAccessExpressionSyntax or ForEachStatementSyntax
                || node.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add" or "Count" or "Length" or "Clear" or "Reverse" };
            if (!stays || node.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>() is not null || node.FirstAncestorOrSelf<LocalFunctionStatementSyntax>() is not null)
            {
                return true;
            }
        }

        return false;
    }
}
