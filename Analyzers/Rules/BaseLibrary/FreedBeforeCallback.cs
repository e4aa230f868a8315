using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2007 across the border: native code is given a pinned address together with a handle for its callback, so that it goes on after the call; the
/// handle is left for the callback to free, but the pin is freed here.
/// </summary>
internal sealed class FreedBeforeCallback : Rule
{
    private readonly Dictionary<IOperation, HashSet<int>> _pins = [];
    private readonly Dictionary<IOperation, HashSet<int>> _states = [];
    private readonly HashSet<(int Resource, IOperation At)> _released = [];

    public override FactKind[] Reads => [FactKind.Release, FactKind.Escape];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact.Kind == FactKind.Release)
        {
            foreach (PathState path in before.Paths)
            {
                RefSet released = Transfer.Released(fact, path, findings.Body);
                if (released.Count == 1)
                {
                    _released.Add((released[0].Resource, fact.Operation));
                }
            }
        }
        else if (fact is { Kind: FactKind.Escape, Departure: Departure.PassedToNative, Operation: IInvocationOperation call })
        {
            foreach (PathState path in before.Paths)
            {
                RefSet refs = path.RefsOf(fact.Target);
                if (refs.Count == 1 && findings.Body.Resources[refs[0].Resource] is { Original: null } resource)
                {
                    if (resource.Kind == ResourceKind.Pin && refs[0].Kind == RefRole.View)
                    {
                        Note(_pins, call, resource.Id);
                    }
                    else if (resource.Kind == ResourceKind.Root && refs[0].Kind == RefRole.Owner)
                    {
                        Note(_states, call, resource.Id);
                    }
                }
            }
        }
    }

    public override void OnEnd(Findings findings)
    {
        foreach (KeyValuePair<IOperation, HashSet<int>> started in _states)
        {
            foreach ((int pin, IOperation at) in _pins.TryGetValue(started.Key, out HashSet<int>? pins) ? _released.Where(release => pins.Contains(release.Resource)) : [])
            {
                // Where the handle is freed along with the pin, the callback has come and gone, or never comes.
                if (!_released.Any(other => started.Value.Contains(other.Resource) && other.At.Syntax.FirstAncestorOrSelf<BlockSyntax>()?.Span.Contains(at.Syntax.Span) != false))
                {
                    Resource resource = findings.Body.Resources[pin];
                    Location origin = Spots.OfCall(started.Key);
                    findings.Report(
                        ReleasedWhilePending.Words, Confidence.Possible, (started.Key.Syntax, pin, at.Syntax), null, Spots.OfRelease(at), [origin, Spots.Origin(resource)], null,
                        resource.Name ?? resource.Kind.Name, ((IInvocationOperation)started.Key).TargetMethod.Name, Spots.Line(origin));
                }
            }
        }
    }

    private static void Note(Dictionary<IOperation, HashSet<int>> calls, IOperation call, int resource)
    {
        if (!calls.TryGetValue(call, out HashSet<int>? resources))
        {
            calls.Add(call, resources = []);
        }

        resources.Add(resource);
    }
}
