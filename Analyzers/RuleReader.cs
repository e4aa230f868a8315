using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers;

/// <summary>Shows the flow of one body to every rule.</summary>
internal sealed class RuleReader : IFlowReader
{
    private readonly Rule[] _rules = RuleCatalogue.Create();
    private readonly Body _body;
    private readonly Findings _findings;
    private readonly HashSet<Resource>? _settled;

    public RuleReader(Body body)
    {
        _body = body;
        _findings = new Findings(body);
    }

    public RuleReader(Body body, TypeMember member, TypeFlow type, HashSet<Resource> settled)
        : this(body)
    {
        _settled = settled;
        foreach (Rule rule in _rules)
        {
            rule.OnMember(member, type);
        }
    }

    public void OnFact(Fact fact, PathSet before)
    {
        Settle(fact, before);
        _findings.Meet(fact);
        foreach (Rule rule in _rules)
        {
            rule.OnFact(fact, before, _findings);
        }
    }

    public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit)
    {
        var leaving = new Leaving(exit, returned, from, atExit);
        foreach (Rule rule in _rules)
        {
            rule.OnExit(leaving, _findings);
        }
    }

    public IEnumerable<Diagnostic> Finish()
    {
        foreach (Rule rule in _rules)
        {
            rule.OnEnd(_findings);
        }

        return _findings.ToDiagnostics();
    }

    private void Settle(Fact fact, PathSet before)
    {
        if (_settled is null || fact.Kind is not (FactKind.Release or FactKind.Escape))
        {
            return;
        }

        foreach (PathState path in before.Paths)
        {
            // A field that native code is given the address of still has it to release.
            RefSet refs = fact.Kind == FactKind.Release ? Transfer.Released(fact, path, _body)
                : fact.Departure == Departure.PassedToNative ? RefSet.Empty
                : Transfer.HandedOn(fact, path, _body);
            for (int i = 0; i < refs.Count; i++)
            {
                Resource resource = _body.Resources[refs[i].Resource];
                _settled.Add(resource.Original ?? resource);
            }
        }
    }
}
