using System.Globalization;

namespace BufferLifetime.Benchmarks;

/// <summary>
/// Twenty projects: four of this repository's own (the library, its two samples and the rules themselves, which hold no buffers), ten of plain code and six
/// in which every third file rents, pins or pipes.
/// </summary>
internal sealed class GeneratedSolution(string repository, string folder, string packages)
{
    private const int Plain = 10, WithBuffers = 6, Files = 30;

    private readonly List<string> _projects = [];

    /// <summary>A file of a project that others refer to, whose code holds buffers.</summary>
    public string Touched => Path.Combine(folder, "Buffers1", "Frames0.cs");

    /// <summary>Lines of C#.</summary>
    public long Lines { get; private set; }

    public int Projects => _projects.Count;

    /// <summary>Writes the solution.</summary>
    /// <param name="reference">What every project has beside its own references.</param>
    public void Write(string reference)
    {
        Text("Directory.Build.targets", "<Project />");
        Text("Directory.Packages.props", "<Project />");
        Text("Directory.Build.props", $"""
            <Project>
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
                <UseAppHost>false</UseAppHost>
                <NuGetAudit>false</NuGetAudit>
                <RestoreAdditionalProjectSources>{packages}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                {reference}
              </ItemGroup>
            </Project>
            """);

        Own("Library", "Library", "Runtime");
        Own("UringCopy", "Exe", "samples/UringCopy", references: ["Library"]);
        Own("LegacyCopy", "Exe", "samples/LegacyCopy", over: "samples/LegacyCopy.Repaired", references: ["Library"]);
        Own("Rules", "Library", "Analyzers", more: """
            <PackageReference Include="Microsoft.CodeAnalysis.CSharp" Version="4.8.0" />
            <PackageReference Include="Microsoft.CodeAnalysis.Analyzers" Version="3.3.4" ExcludeAssets="all" />
            """);
        for (int i = 1; i <= Plain; i++)
            Generated($"Plain{i}", i, buffersInEvery: 0, i > 2 ? [$"Plain{i / 2}"] : []);
        for (int i = 1; i <= WithBuffers; i++)
            Generated($"Buffers{i}", i, buffersInEvery: 3, i > 1 ? [$"Buffers{i / 2}", $"Plain{i}"] : [$"Plain{i}"]);

        Text("Cost.slnx", $"<Solution>\n{string.Concat(_projects.Select(name => $"  <Project Path=\"{name}/{name}.csproj\" />\n"))}</Solution>\n");
    }

    private void Own(string name, string output, string from, string? over = null, string more = "", string[]? references = null)
    {
        foreach (string? source in new[] { from, over })
        {
            if (source is null)
                continue;
            string root = Path.Combine(repository, source);
            foreach (string file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
            {
                string relative = Path.GetRelativePath(root, file);
                if (!relative.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
                    Text(Path.Combine(name, relative), File.ReadAllText(file));
            }
        }

        Project(name, output, references ?? [], more);
    }

    private void Generated(string name, int seed, int buffersInEvery, string[] references)
    {
        string templates = Path.Combine(repository, "benchmarks", "Solution.Cost", "Templates");
        string[] plain = Templates("Plain"), buffers = Templates("Buffers");
        for (int i = 0; i < Files; i++)
        {
            bool hasBuffers = buffersInEvery > 0 && i % buffersInEvery == 0;
            string template = hasBuffers ? buffers[i / buffersInEvery % buffers.Length] : plain[(i + seed) % plain.Length];
            string text = File.ReadAllText(template)
                .Replace("Project__", name, StringComparison.Ordinal)
                .Replace("__", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            Text(Path.Combine(name, $"{Path.GetFileNameWithoutExtension(template)}{i}.cs"), text);
        }

        Project(name, "Library", references, "");

        string[] Templates(string kind) => [.. Directory.GetFiles(Path.Combine(templates, kind), "*.cs").OrderDescending(StringComparer.Ordinal)];
    }

    private void Project(string name, string output, string[] references, string more)
    {
        _projects.Add(name);
        Text(Path.Combine(name, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>{output}</OutputType>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(references.Select(reference => $"""<ProjectReference Include="../{reference}/{reference}.csproj" />"""))}
                {more}
              </ItemGroup>
            </Project>
            """);
    }

    private void Text(string name, string text)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (name.EndsWith(".cs", StringComparison.Ordinal) && !File.Exists(path))
            Lines += text.AsSpan().Count('\n');
        File.WriteAllText(path, text);
    }
}
