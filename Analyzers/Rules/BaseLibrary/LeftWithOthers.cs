using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2005, from the other side: a rented buffer goes back to its pool while somebody outside has it, the caller that it was returned to or a
/// collection that it was put in. Their use of it is not seen, but they were given it to use it.
/// </summary>
internal sealed class LeftWithOthers : Rule
{
    private readonly Dictionary<int, ISimpleAssignmentOperation> _stored = [];
    private readonly List<(ISimpleAssignmentOperation Kept, int Resource)> _storedInThis = [];

    public override FactKind[] Reads => [FactKind.Release, FactKind.Escape];

    public override bool ReadsEveryExit => true;

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact is { Kind: FactKind.Release, Effect: Effect.Release { Kept: not null } })
        {
            foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, findings.Body), before, (resource, hold) => resource is { Original: null } && resource.Kind == ResourceKind.PipeRead && hold.KeptBy is { } kept && (CollectionOf(kept) is ILocalReferenceOperation local ? ReadAfter(local, fact.Operation) is not null : !IsTakenOut(kept, findings.Body))))
            {
                IOperation kept = sighting.Hold.KeptBy!;
                Location advanced = Spots.OfCall(fact.Operation);
                if (CollectionOf(kept) is ILocalReferenceOperation own && ReadAfter(own, fact.Operation) is { } read)
                {
                    findings.Report(
                        UsedAfterAdvance.Words, Confidence.Possible, (kept.Syntax, sighting.Resource.Id), null, read.GetLocation(), [advanced, Spots.OfCall(kept), Spots.Origin(sighting.Resource)], null,
                        own.Local.Name, sighting.Resource.Name ?? sighting.Resource.Kind.Name, Spots.Line(advanced));
                    continue;
                }

                findings.Report(
                    UsedAfterAdvance.LeftWords, Confidence.Possible, (kept.Syntax, sighting.Resource.Id), null, Spots.OfCall(kept), [advanced, Spots.Origin(sighting.Resource)], null,
                    sighting.Resource.Name ?? sighting.Resource.Kind.Name, $"put into '{CollectionOf(kept)?.Syntax.ToString() ?? "a collection"}'", Spots.Line(advanced));
            }
        }
        else if (fact is { Kind: FactKind.Release, Effect: Effect.Release { Kept: null } })
        {
            foreach (Sighting sighting in findings.See(path => Transfer.Released(fact, path, findings.Body), before, (resource, hold) => Concerns(resource) && hold is { Holding: Holding.HandedOn, KeptBy: { } kept } && !IsTakenOut(kept, findings.Body) && !MayHaveRefused(kept)))
            {
                IOperation kept = sighting.Hold.KeptBy!;
                if (kept is IInvocationOperation { TargetMethod: { DeclaringSyntaxReferences.IsEmpty: false } adopter } given)
                {
                    // A method that can be seen collects it; what other methods of the same object do with what it has collected, cannot.
                    if (!IsUsedBetween(given, fact.Operation))
                    {
                        Report(fact.Operation, sighting.Resource, sighting.Confidence, Spots.OfCall(fact.Operation), Spots.OfCall(fact.Operation), $"collected by '{given.Instance?.Syntax.ToString() ?? adopter.ContainingType.Name}' at line {Spots.Line(Spots.OfCall(given))}", findings);
                    }

                    continue;
                }

                Report(kept, sighting.Resource, sighting.Confidence, Spots.OfCall(kept), Spots.OfCall(fact.Operation), $"put into '{CollectionOf(kept)?.Syntax.ToString() ?? "a collection"}'", findings);
            }
        }
        else if (fact is { Kind: FactKind.Escape, Departure: Departure.Stored, Operation: ISimpleAssignmentOperation { Target: IFieldReferenceOperation or IPropertyReferenceOperation { Arguments.IsEmpty: true } } })
        {
            foreach (Sighting sighting in findings.See(path => path.RefsOf(fact.Target).Where(static r => r.Kind < RefRole.Account && r.Kind != RefRole.Element), before, static (resource, _) => Concerns(resource)))
            {
                _stored[sighting.Resource.Id] = (ISimpleAssignmentOperation)fact.Operation;
            }
        }
        else if (fact is { Kind: FactKind.Escape, Departure: Departure.StoredInThis, Operation: ISimpleAssignmentOperation kept })
        {
            foreach (Sighting sighting in findings.See(path => path.RefsOf(fact.Target).Where(static r => r.Kind is RefRole.Owner), before, static (resource, _) => Concerns(resource)))
            {
                _storedInThis.Add((kept, sighting.Resource.Id));
            }
        }
        else if (fact is { Kind: FactKind.Escape, Departure: Departure.Returned, Target: >= 0 } && _stored.Count > 0)
        {
            OnReturn(fact, before, findings);
        }
    }

    /// <summary>What is returned has, in one of its members, what went back to the pool before.</summary>
    private void OnReturn(Fact fact, PathSet before, Findings findings)
    {
        foreach (int member in findings.Body.Places[fact.Target].Members)
        {
            foreach (Sighting sighting in findings.See(path => path.RefsOf(member).Where(static r => r.Kind < RefRole.Account && r.Kind != RefRole.Element), before, static (resource, hold) => Concerns(resource) && hold is { Holding: Holding.Released, ChangedAt: not null }))
            {
                if (_stored.TryGetValue(sighting.Resource.Id, out ISimpleAssignmentOperation? stored))
                {
                    Report(
                        stored, sighting.Resource, sighting.Confidence, stored.Syntax.GetLocation(), Spots.OfCall(sighting.Hold.ChangedAt!),
                        $"put into '{findings.Body.Places.NameOf(fact.Target) ?? "what is returned"}', which is returned to the caller", findings);
                }
            }
        }
    }

    public override void OnExit(Leaving leaving, Findings findings)
    {
        foreach ((ISimpleAssignmentOperation kept, int id) in leaving.Kind == ExitKind.Return ? _storedInThis : [])
        {
            // A 'using' gives it back whatever else becomes of it.
            int count = leaving.Paths.Paths.Count(path => path.HoldOf(id) is { Holding: Holding.Released, ChangedAt: { IsImplicit: true } } && findings.Body.IsKeptByInstance(path, id));
            Resource resource = findings.Body.Resources[id];
            foreach (PathState path in count > 0 ? leaving.Paths.Paths.Take(1) : [])
            {
                Report(
                    kept, resource, count == leaving.Paths.Paths.Count ? Confidence.Certain : Confidence.Possible, kept.Syntax.GetLocation(), Spots.OfCall(path.HoldOf(id).ChangedAt ?? kept),
                    $"stored in '{kept.Target.Syntax}'", findings);
            }
        }

        Dictionary<int, (Hold Hold, int Count)> left = [];
        foreach (PathState path in leaving.Kind == ExitKind.Return ? leaving.Paths.Paths : [])
        {
            path.Holds.ForEach((id, hold) =>
            {
                if (hold is { Holding: Holding.Released, ReturnedAs: not null, ChangedAt: not null } && Concerns(findings.Body.Resources[id]))
                {
                    left[id] = (hold, (left.TryGetValue(id, out (Hold, int Count) known) ? known.Count : 0) + 1);
                }
            });
        }

        foreach (KeyValuePair<int, (Hold Hold, int Count)> found in left)
        {
            IOperation returned = found.Value.Hold.ReturnedAs!;
            Report(
                returned, findings.Body.Resources[found.Key], found.Value.Count == leaving.Paths.Paths.Count ? Confidence.Certain : Confidence.Possible,
                returned.Syntax.GetLocation(), Spots.OfCall(found.Value.Hold.ChangedAt!), "returned to the caller", findings);
        }
    }

    private static bool Concerns(Resource resource) =>
        resource is { Original: null, Parameter: null } && (resource.Kind == ResourceKind.Rental || resource.Kind == ResourceKind.Owner);

    /// <summary>Where a collection of the body's own is gone through, or an element of it is looked at, in the block around <paramref name="after"/> and behind it.</summary>
    private static ExpressionSyntax? ReadAfter(ILocalReferenceOperation collection, IOperation after)
    {
        SyntaxNode statement = after.Syntax.FirstAncestorOrSelf<StatementSyntax>() ?? after.Syntax;
        foreach (SyntaxNode node in statement.Parent?.DescendantNodes() ?? [])
        {
            ExpressionSyntax? read = node switch
            {
                _ when node.SpanStart < statement.Span.End => null,
                ForEachStatementSyntax each => each.Expression,
                ElementAccessExpressionSyntax element when element.Parent is not AssignmentExpressionSyntax { Left: var left } || left != element => element.Expression,
                _ => null,
            };
            if (read is IdentifierNameSyntax { Identifier.ValueText: var name } && name == collection.Local.Name)
            {
                return read;
            }
        }

        return null;
    }

    private static IOperation? CollectionOf(IOperation kept) => kept switch
    {
        IInvocationOperation call => call.Instance,
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Instance: var table } } => table,
        _ => null,
    };

    /// <summary>Whether the object that was given something, or one that is made of the same name, is asked for anything else before that goes back.</summary>
    public static bool IsUsedBetween(IInvocationOperation given, IOperation release)
    {
        string? receiver = given.Instance?.Syntax.ToString();
        int from = given.Syntax.Span.End;
        return given.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member
            || member.DescendantNodes().Any(node => node.SpanStart >= from && node.Span.End <= release.Syntax.SpanStart && node is ExpressionSyntax && node.ToString() == receiver)
            || given.Instance is IInstanceReferenceOperation;
    }

    /// <summary>Whether the call says if it took what it was given, and is asked: what it refuses is still its caller's.</summary>
    private static bool MayHaveRefused(IOperation kept) =>
        kept is IInvocationOperation { Type.SpecialType: SpecialType.System_Boolean, Parent: not IExpressionStatementOperation and not ISimpleAssignmentOperation { Target: IDiscardOperation } };

    /// <summary>Whether what was put into the collection is taken out again somewhere in the body.</summary>
    private static bool IsTakenOut(IOperation kept, Body body)
    {
        string? collection = CollectionOf(kept)?.Syntax.ToString();
        foreach (Fact fact in body.Facts)
        {
            if (fact is { Kind: FactKind.Use, Target: >= 0 } && fact.Operation.Parent != kept && fact.Operation.Syntax.ToString() == collection && TakesOut(fact.Operation))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TakesOut(IOperation collection) =>
        collection.Parent is IInvocationOperation { TargetMethod.Name: { } name }
        && (name.StartsWith("Remove", StringComparison.Ordinal) || name.StartsWith("Dequeue", StringComparison.Ordinal) || name.StartsWith("Pop", StringComparison.Ordinal)
            || name.StartsWith("Take", StringComparison.Ordinal) || name.StartsWith("Try", StringComparison.Ordinal) || name.StartsWith("Read", StringComparison.Ordinal) || name == "Clear");

    private static void Report(IOperation at, Resource resource, Confidence confidence, Location location, Location released, string how, Findings findings)
    {
        string name = resource.Name ?? resource.Kind.Name;
        findings.Report(UsedAfterReturn.LeftWords, confidence, (at.Syntax, resource.Id), null, location, [released, Spots.Origin(resource)], null, Spots.NameOf(at) is null ? name : at.Syntax.ToString(), how, name, Spots.Line(released));
    }
}
